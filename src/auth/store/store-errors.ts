import { ServiceError } from '../../errors/index.js';
import { redisStoreErrors } from '../../redis/index.js';

/** The error of a change that the file under DATA_DIR cannot take. */
export function unwritable(cause: unknown): ServiceError {
  return new ServiceError('insufficient_storage', 'Keys cannot be stored: there is no room under DATA_DIR, or it cannot be written.', {
    cause,
  });
}

/** Turns errors of Redis into those that the ports of the stores name. */
export const asking = redisStoreErrors({ keeps: 'keys', retryAfterSeconds: 1 });
