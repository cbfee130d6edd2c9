import { ServiceError } from '../../errors/index.js';

const RETRY_SECONDS = 5;

/** Rejects as the stores' ports say. */
export async function asking<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const isFull = cause instanceof Error && cause.message.startsWith('OOM');
    if (isFull) throw new ServiceError('insufficient_storage', 'The Redis that keeps files has no room.', { cause });
    throw new ServiceError('unavailable', 'The Redis that keeps files does not answer; try again.', {
      cause,
      retryAfterSeconds: RETRY_SECONDS,
    });
  }
}
