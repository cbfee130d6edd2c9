import type { ThrottlerStorage } from '@nestjs/throttler';

type ThrottlerStorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Callers that are remembered; past it the one seen longest ago is forgotten. */
const MOST_CALLERS = 100_000;

/**
 * A sliding window per caller: the times of the calls let through, the oldest first. Exact: at any instant no more than
 * `limit` calls were let through within the last window. Calls that are refused leave no trace.
 */
export class MemoryThrottlerStorage implements ThrottlerStorage {
  private readonly callers = new Map<string, SlidingWindow>();

  /** `now`: milliseconds that only grow. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get rememberedCallers(): number {
    return this.callers.size;
  }

  increment(key: string, windowMs: number, limit: number): Promise<ThrottlerStorageRecord> {
    return Promise.resolve(this.incrementNow(key, windowMs, limit));
  }

  incrementNow(key: string, windowMs: number, limit: number): ThrottlerStorageRecord {
    const now = this.now();
    const window = this.callers.get(key) ?? new SlidingWindow();
    this.callers.delete(key); // and in again at the end: the map's order is that of the last call
    this.callers.set(key, window);

    window.dropUntil(now - windowMs);
    const isBlocked = window.size >= limit;
    if (!isBlocked) window.add(now);
    this.forgetIdleCallers(now - windowMs);
    const seconds = Math.max(1, Math.ceil((window.oldest + windowMs - now) / 1000));
    return { totalHits: window.size, timeToExpire: seconds, isBlocked, timeToBlockExpire: isBlocked ? seconds : 0 };
  }

  /** Two a call: more than can come in. */
  private forgetIdleCallers(before: number): void {
    let looked = 0;
    for (const [key, { newest }] of this.callers) {
      if (looked++ === 2 || (newest > before && this.callers.size <= MOST_CALLERS)) return;
      this.callers.delete(key);
    }
  }
}

class SlidingWindow {
  private times: number[] = [];
  private first = 0;

  get size(): number {
    return this.times.length - this.first;
  }

  get oldest(): number {
    return this.times[this.first] ?? 0;
  }

  /** A window without calls was made this moment. */
  get newest(): number {
    return this.times.at(-1) ?? Infinity;
  }

  add(time: number): void {
    this.times.push(time);
  }

  dropUntil(time: number): void {
    while (this.first < this.times.length && (this.times[this.first] ?? Infinity) <= time) this.first++;
    if (this.first * 2 < this.times.length) return;
    this.times = this.times.slice(this.first);
    this.first = 0;
  }
}
