import { ServiceError } from '../../errors/index.js';
import { faultOf, refusalOf } from '../../redis/index.js';

const RETRY_SECONDS = 5;

/** Turns errors of Redis into those that the ports of the stores name. */
export async function asking<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (refusalOf(cause) === 'OOM') throw new ServiceError('insufficient_storage', 'The Redis that keeps files has no room.', { cause });
    throw new ServiceError('unavailable', `The Redis that keeps files ${faultOf(cause)}; try again.`, {
      cause,
      retryAfterSeconds: RETRY_SECONDS,
    });
  }
}
