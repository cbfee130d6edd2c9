const lookEveryMs = 200;
const pausedFromMs = 1_000;
const wakingMs = 5_000;

/**
 * Sees from its own clock when this process did not run for a while: the machine slept, or everything on it was stopped
 * for something else. Then both ends of a connection find its timers over at once, and one may close what the other uses.
 */
export class MachinePauses {
  #lookedAt = performance.now();
  #wokeAt = -Infinity;
  count = 0;
  seconds = 0;

  constructor() {
    setInterval(() => this.#look(), lookEveryMs).unref();
  }

  /** Whether it ended just now. */
  get isWaking() {
    this.#look();
    return performance.now() - this.#wokeAt < wakingMs;
  }

  #look() {
    const now = performance.now();
    const pauseMs = now - this.#lookedAt;
    this.#lookedAt = now;
    if (pauseMs < pausedFromMs) return;
    this.#wokeAt = now;
    this.count++;
    this.seconds += pauseMs / 1000;
  }
}
