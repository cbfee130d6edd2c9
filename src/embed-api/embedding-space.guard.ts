import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ServiceError } from '../errors/index.js';
import { CACHED_EMBEDDING_PROVIDER, type EmbeddingProvider } from '../embedding/index.js';

/** Refuses a request that requires another space than this service's: vectors of two spaces must not be mixed. */
@Injectable()
export class EmbeddingSpaceGuard implements CanActivate {
  constructor(@Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider) {}

  canActivate(context: ExecutionContext): boolean {
    const required = context.switchToHttp().getRequest<FastifyRequest>().headers['x-require-embedding-space'];
    refuseOtherSpace(required, this.provider.space.fingerprint);
    return true;
  }
}

/** `required` is what the caller's X-Require-Embedding-Space says, if anything. */
export function refuseOtherSpace(required: unknown, fingerprint: string): void {
  if (required === undefined || required === fingerprint) return;
  throw new ServiceError(
    'conflict_space',
    `These vectors' embedding space is ${fingerprint}, not the one that X-Require-Embedding-Space names.`,
  );
}
