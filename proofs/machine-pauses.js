const lookEveryMs = 200;
const pausedFromMs = 1_000;
const wakingMs = 5_000;

/**
 * Detects by its own clock that this process did not run for a while, because the machine slept or was paused. Then the
 * timers at both ends of a connection expire at once, and one end may close a connection that the other uses.
 */
export class MachinePauses {
  #lookedAt = performance.now();
  #wokeAt = -Infinity;
  count = 0;
  seconds = 0;

  constructor() {
    setInterval(() => this.#look(), lookEveryMs).unref();
  }

  /** Whether a pause ended just now. */
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
