import { ServiceError } from '../../errors/index.js';

/** Vectors of two spaces must not be mixed. `required` is what the caller's X-Require-Embedding-Space says, if anything. */
export function refuseOtherSpace(required: string | undefined, fingerprint: string): void {
  if (required === undefined || required === fingerprint) return;
  throw new ServiceError(
    'conflict_space',
    `These vectors' embedding space is ${fingerprint}, not the one that X-Require-Embedding-Space names.`,
  );
}
