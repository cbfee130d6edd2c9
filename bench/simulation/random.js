/** Random numbers that a seed decides (mulberry32). */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** From 0 to 1, without 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** @param {number} bound A whole number from 0, below this. */
  below(bound) {
    return Math.floor(this.next() * bound);
  }

  /** The time between two arrivals of a Poisson process. @param {number} mean */
  exponential(mean) {
    return -mean * Math.log(1 - this.next());
  }
}
