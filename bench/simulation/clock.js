import TinyQueue from 'tinyqueue';

/** @typedef {{ at: number, order: number, run: () => void }} Event */

/** A clock in milliseconds that jumps from one event to the next. Events of one time run in the order in which they were set. */
export class SimulatedClock {
  constructor() {
    this.now = 0;
    this.order = 0;
    this.events = new TinyQueue(/** @type {Event[]} */ ([]), (left, right) => left.at - right.at || left.order - right.order);
  }

  /** @param {number} at @param {() => void} run */
  at(at, run) {
    this.events.push({ at: Math.max(at, this.now), order: this.order++, run });
  }

  /** @param {number} milliseconds @param {() => void} run */
  after(milliseconds, run) {
    this.at(this.now + milliseconds, run);
  }

  /** Returns the function that cancels it. @param {number} milliseconds @param {() => void} run */
  afterUnlessCancelled(milliseconds, run) {
    let isCancelled = false;
    this.after(milliseconds, () => isCancelled || run());
    return () => void (isCancelled = true);
  }

  /** Runs all events up to this time. @param {number} until */
  runUntil(until) {
    for (let next = this.events.peek(); next !== undefined && next.at <= until; next = this.events.peek()) {
      this.events.pop();
      this.now = next.at;
      next.run();
    }
    this.now = until;
  }
}
