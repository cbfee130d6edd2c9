import { ServiceError } from '../../errors/index.js';
import { faultOf, refusalOf } from '../../redis/index.js';

const RETRY_SECONDS = 1;

/** The error of a change that the file under DATA_DIR cannot take. */
export function unwritable(cause: unknown): ServiceError {
  return new ServiceError('insufficient_storage', 'Keys cannot be stored: there is no room under DATA_DIR, or it cannot be written.', {
    cause,
  });
}

/** Turns errors of Redis into those that the ports of the stores name. */
export async function asking<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (refusalOf(cause) === 'OOM') throw new ServiceError('insufficient_storage', 'The Redis that keeps keys has no room.', { cause });
    throw new ServiceError('unavailable', `The Redis that keeps keys ${faultOf(cause)}; try again.`, {
      cause,
      retryAfterSeconds: RETRY_SECONDS,
    });
  }
}
