import { usualWeight } from './linux.js';
import { Thread } from './thread.js';

/** A thread that does one piece of work after the other. */
export class EventLoop {
  /** @param {import('./machine.js').Machine} machine */
  constructor(machine) {
    this.machine = machine;
    this.thread = new Thread(machine, usualWeight);
    /** @type {{ cpuMs: number, done: () => void }[]} */
    this.waiting = [];
    this.first = 0;
    this.isBusy = false;
    this.busyMs = 0;
  }

  /** @param {number} cpuMs @param {() => void} done */
  work(cpuMs, done) {
    this.waiting.push({ cpuMs, done });
    if (!this.isBusy) this.next();
  }

  /** Removes done work, but not one piece at a time, which would take long in a long queue. */
  forgetDone() {
    if (this.first * 2 < this.waiting.length) return;
    this.waiting.splice(0, this.first);
    this.first = 0;
  }

  next() {
    const work = this.waiting[this.first];
    this.isBusy = work !== undefined;
    if (work === undefined) return;
    this.first++;
    this.forgetDone();
    const from = this.machine.clock.now;
    this.thread.run(work.cpuMs, () => {
      this.busyMs += this.machine.clock.now - from;
      work.done();
      this.next();
    });
  }
}
