/**
 * @typedef {object} Task
 * @property {number} remaining CPU milliseconds.
 * @property {number} weight The share of a core that the task gets where more tasks run than there are cores.
 * @property {number} width The most cores that it uses.
 * @property {number} rate The cores that it has now.
 * @property {() => void} done
 */

/** Less than a nanosecond is no work, only rounding. */
const nothing = 1e-6;

/**
 * The cores of one machine, shared as Linux shares them: a task gets at most the cores that it can use, and where there are
 * too few, tasks share by weight.
 */
export class Machine {
  /** @param {import('./clock.js').SimulatedClock} clock @param {number} cores */
  constructor(clock, cores) {
    this.clock = clock;
    this.cores = cores;
    /** @type {Set<Task>} */
    this.tasks = new Set();
    this.since = 0;
    this.version = 0;
    this.busyMs = 0;
  }

  /** @param {{ cpuMs: number, weight: number, width?: number, done: () => void }} task Returns it, to be ended early. */
  start({ cpuMs, weight, width = 1, done }) {
    this.advance();
    const task = { remaining: cpuMs, weight, width, rate: 0, done };
    this.tasks.add(task);
    this.share();
    return task;
  }

  /** @param {Task} task */
  end(task) {
    this.advance();
    this.tasks.delete(task);
    this.share();
  }

  advance() {
    const passed = this.clock.now - this.since;
    this.since = this.clock.now;
    for (const task of this.tasks) {
      task.remaining -= task.rate * passed;
      this.busyMs += task.rate * passed;
    }
  }

  share() {
    this.divideCores();
    let next = Infinity;
    for (const { remaining, rate } of this.tasks) next = Math.min(next, Math.max(0, remaining) / rate);
    const version = ++this.version;
    if (next < Infinity) this.clock.after(next, () => version === this.version && this.finish());
  }

  divideCores() {
    let free = this.cores;
    let open = [...this.tasks];
    while (open.length > 0) {
      const weights = open.reduce((sum, { weight, width }) => sum + weight * width, 0);
      const perWeight = free / weights;
      const full = open.filter(({ weight }) => weight * perWeight >= 1);
      for (const task of full.length > 0 ? full : open) task.rate = full.length > 0 ? task.width : task.weight * task.width * perWeight;
      if (full.length === 0) return;
      free -= full.reduce((sum, { width }) => sum + width, 0);
      open = open.filter((task) => !full.includes(task));
    }
  }

  finish() {
    this.advance();
    const finished = [...this.tasks].filter(({ remaining }) => remaining <= nothing);
    for (const task of finished) this.tasks.delete(task);
    this.share();
    for (const { done } of finished) done();
  }
}
