import { ServiceError } from '../errors/index.js';
import { faultOf, refusalOf } from './redis-refusal.js';

interface RedisStore {
  /** The content of the store, in words for messages: `files`. */
  readonly keeps: string;
  readonly retryAfterSeconds: number;
}

/** Makes the function that turns errors of a store in Redis into those that the ports of stores name. */
export function redisStoreErrors({ keeps, retryAfterSeconds }: RedisStore): <T>(answer: Promise<T>) => Promise<T> {
  return async (answer) => {
    try {
      return await answer;
    } catch (cause) {
      if (refusalOf(cause) === 'OOM')
        throw new ServiceError('insufficient_storage', `The Redis that keeps ${keeps} has no room.`, { cause });
      throw new ServiceError('unavailable', `The Redis that keeps ${keeps} ${faultOf(cause)}; try again.`, { cause, retryAfterSeconds });
    }
  };
}
