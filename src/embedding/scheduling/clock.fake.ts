import type { Clock } from './clock.js';

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** Time that passes when a test says so. */
export class FakeClock implements Clock {
  private readonly timers = new Set<Timer>();
  private ms = 0;

  now(): number {
    return this.ms;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { dueAt: this.ms + milliseconds, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** Lets time pass in which nothing that waits for it happens. */
  jump(milliseconds: number): void {
    this.ms += milliseconds;
  }

  /** Lets everything happen that waits for no time, then time pass, and then everything that has waited for it. */
  async pass(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.ms += milliseconds;
    for (const timer of [...this.timers].filter(({ dueAt }) => dueAt <= this.ms)) {
      this.timers.delete(timer);
      timer.callback();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
