import { coresToSearch, linux, sliceMs, usedDecayMs } from './linux.js';
import { Random } from './random.js';

/** @typedef {import('./thread.js').Thread} Thread */
/** @typedef {{ index: number, current: Thread | undefined, since: number, waiting: Thread[] }} Core */

/** The cores of one machine, each with a queue of threads, as Linux schedules them. */
export class Machine {
  /** @param {import('./clock.js').SimulatedClock} clock @param {number} cores */
  constructor(clock, cores) {
    this.clock = clock;
    /** @type {readonly Core[]} */
    this.cores = Array.from({ length: cores }, (_, index) => ({ index, current: undefined, since: 0, waiting: [] }));
    this.slice = sliceMs(cores);
    this.random = new Random(cores);
    this.busy = 0;
    this.busyTime = 0;
    this.used = 0;
    this.changedAt = 0;
    this.threads = 0;
    this.waiting = 0;
    this.isTicking = false;
  }

  /** CPU milliseconds of all threads until now. */
  get busyMs() {
    this.countBusy();
    return this.busyTime;
  }

  /** Where a new thread starts. */
  nextCore() {
    return this.coreAt(this.threads++);
  }

  /** @param {number} index @returns {Core} */
  coreAt(index) {
    const core = this.cores[index % this.cores.length];
    if (core === undefined) throw new RangeError('no cores');
    return core;
  }

  /** @param {Thread} thread It has work. */
  wake(thread) {
    const core = this.coreFor(thread.core);
    if (core.current === undefined) {
      this.put(core, thread, linux.wakeMs);
      return;
    }
    core.current.countTime();
    thread.virtualMs = Math.min(core.current.virtualMs, ...core.waiting.map(({ virtualMs }) => virtualMs));
    this.enqueue(core, thread);
    if (thread.weight > core.current.weight) this.switchTo(core, thread);
  }

  /** @param {Core} last The core on which the thread ran before. */
  coreFor(last) {
    if (last.current === undefined) return last;
    this.countBusy();
    const tries = Math.min(this.cores.length - 1, coresToSearch(this.cores.length, this.used));
    for (let next = 1; next <= tries; next++) {
      const core = this.coreAt(last.index + next);
      if (core.current === undefined) return core;
    }
    return last;
  }

  /** @param {Thread} thread It has no work. */
  sleep(thread) {
    const { core, state } = thread;
    thread.state = 'asleep';
    if (state === 'waiting') this.dequeue(core, thread);
    if (state !== 'running') return;
    thread.countTime();
    this.free(core);
    const next = this.mostUrgent(core.waiting) ?? this.threadToPull(core);
    if (next === undefined) return;
    this.dequeue(next.core, next);
    this.put(core, next, 0);
  }

  /** A core that becomes idle looks at the others only at times. @param {Core} core */
  threadToPull(core) {
    if (this.waiting === 0 || this.random.next() >= linux.pullShare) return undefined;
    return this.longestQueue(core);
  }

  /** @param {Core} except */
  longestQueue(except) {
    let longest = except;
    for (const core of this.cores) if (core.waiting.length > longest.waiting.length) longest = core;
    return longest === except ? undefined : this.mostUrgent(longest.waiting);
  }

  /** @param {Core} core @param {Thread} thread */
  enqueue(core, thread) {
    thread.state = 'waiting';
    thread.core = core;
    core.waiting.push(thread);
    this.waiting++;
    if (this.isTicking) return;
    this.isTicking = true;
    this.clock.at((Math.floor(this.clock.now / linux.tickMs) + 1) * linux.tickMs, () => this.tick());
  }

  /** @param {Core} core @param {Thread} thread */
  dequeue(core, thread) {
    core.waiting.splice(core.waiting.indexOf(thread), 1);
    this.waiting--;
  }

  /** Each core gives its threads turns, and an idle one takes a thread that waits at another. */
  tick() {
    this.isTicking = false;
    for (const core of this.cores) {
      const next = core.current === undefined ? this.longestQueue(core) : this.turnAfter(core, core.current);
      if (next !== undefined) this.switchTo(core, next);
    }
    if (this.waiting === 0 || this.isTicking) return;
    this.isTicking = true;
    this.clock.after(linux.tickMs, () => this.tick());
  }

  /** @param {Core} core @param {Thread} current */
  turnAfter(core, current) {
    if (core.waiting.length === 0 || this.clock.now - core.since < this.slice) return undefined;
    current.countTime();
    const next = this.mostUrgent(core.waiting);
    return next !== undefined && this.dueAt(next) < this.dueAt(current) ? next : undefined;
  }

  /** @param {Core} core @param {Thread} next It waits, here or at another core. */
  switchTo(core, next) {
    const { current } = core;
    this.dequeue(next.core, next);
    if (current !== undefined) {
      current.pauses();
      this.free(core);
      this.enqueue(core, current);
    }
    this.put(core, next, 0);
  }

  /** @param {Core} core @param {Thread} thread @param {number} delayMs */
  put(core, thread, delayMs) {
    this.countBusy();
    this.busy++;
    if (core.waiting.length === 0) thread.virtualMs = 0;
    core.current = thread;
    core.since = this.clock.now;
    thread.core = core;
    thread.state = 'running';
    thread.begins(delayMs);
  }

  /** @param {Core} core */
  free(core) {
    this.countBusy();
    this.busy--;
    core.current = undefined;
  }

  countBusy() {
    const passed = this.clock.now - this.changedAt;
    if (passed === 0) return;
    const kept = Math.exp(-passed / usedDecayMs);
    this.used = this.used * kept + (this.busy / this.cores.length) * (1 - kept);
    this.busyTime += this.busy * passed;
    this.changedAt = this.clock.now;
  }

  /** @param {readonly Thread[]} waiting */
  mostUrgent(waiting) {
    let first = waiting[0];
    for (const thread of waiting) if (first === undefined || this.dueAt(thread) < this.dueAt(first)) first = thread;
    return first;
  }

  /** The virtual time at which a thread has had its slice; Linux runs the thread with the earliest one. @param {Thread} thread */
  dueAt({ virtualMs, weight }) {
    return virtualMs + this.slice / weight;
  }
}
