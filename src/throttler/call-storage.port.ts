import type { ThrottlerStorage } from '@nestjs/throttler';

/** The outcome of one call: whether it is over the limit, and how many calls are in the window. */
export type CallRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts the calls of each caller in a sliding window: the storage of @nestjs/throttler, and what it lacks. */
export interface CallStorage extends ThrottlerStorage {
  /** As `increment`, without a promise. A storage without this method, or undefined = ask `increment`. */
  incrementNow?(key: string, windowMs: number, limit: number): CallRecord | undefined;
  /** Closes the connection of a storage that has one. */
  close?(): void;
}
