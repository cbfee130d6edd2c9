import type { CallRecord, CallStorage } from './call-storage.port.js';

/** Callers that are remembered. If there are more, the one that called longest ago is forgotten. */
const MOST_CALLERS = 100_000;

/**
 * Keeps the times of the admitted calls of each caller, the oldest first. It is exact: at any time, at most `limit` calls
 * were admitted within the last window. Refused calls do not count.
 */
export class MemoryThrottlerStorage implements CallStorage {
  private readonly callers = new Map<string, SlidingWindow>();

  /** `now` gives milliseconds that never decrease. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get rememberedCallers(): number {
    return this.callers.size;
  }

  increment(key: string, windowMs: number, limit: number): Promise<CallRecord> {
    return Promise.resolve(this.incrementNow(key, windowMs, limit));
  }

  incrementNow(key: string, windowMs: number, limit: number): CallRecord {
    const now = this.now();
    const window = this.callers.get(key) ?? new SlidingWindow();
    this.callers.delete(key); // and put it back at the end: the map is in the order of the last calls
    this.callers.set(key, window);

    window.dropUntil(now - windowMs);
    const isBlocked = window.size >= limit;
    if (!isBlocked) window.add(now);
    this.forgetIdleCallers(now - windowMs);
    const seconds = Math.max(1, Math.ceil((windowMs - (now - window.oldest)) / 1000));
    return { totalHits: window.size, timeToExpire: seconds, isBlocked, timeToBlockExpire: isBlocked ? seconds : 0 };
  }

  /** Forgets up to two callers in each call, which is more than can be added. */
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

  /** Infinity for a window without calls, because it was made just now. */
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
