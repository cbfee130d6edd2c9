/** Less than a nanosecond is no work, only rounding. */
const nothing = 1e-6;

/** Work of one thread, or of several that share it and end together. */
class Work {
  /** @param {import('./clock.js').SimulatedClock} clock @param {{ cpuMs: number, threads: readonly Thread[], speedup: number, done: () => void }} work */
  constructor(clock, { cpuMs, threads, speedup, done }) {
    this.clock = clock;
    this.remaining = cpuMs;
    this.threads = threads;
    this.speedup = speedup;
    this.done = done;
    this.running = 0;
    this.isLed = false;
    this.rate = 0;
    this.since = clock.now;
    this.version = 0;
  }

  /** @param {Thread} thread @param {number} [delayMs] Until it computes. */
  begins(thread, delayMs = 0) {
    this.advance();
    this.running++;
    if (thread === this.threads[0]) {
      this.isLed = true;
      this.remaining += delayMs;
    }
    this.expectEnd();
  }

  /** @param {Thread} thread */
  pauses(thread) {
    this.advance();
    this.running--;
    if (thread === this.threads[0]) this.isLed = false;
    this.expectEnd();
  }

  advance() {
    this.remaining -= this.rate * (this.clock.now - this.since);
    this.since = this.clock.now;
  }

  /** The first thread divides the work: without it the others wait. All threads together are `speedup` times as fast as it is. */
  expectEnd() {
    const { running, threads, speedup } = this;
    const others = running < 2 ? 0 : (running - 1) / (threads.length - 1);
    this.rate = this.isLed ? 1 + (speedup - 1) * others : 0;
    const version = ++this.version;
    if (this.rate > 0) this.clock.after(Math.max(0, this.remaining) / this.rate, () => version === this.version && this.finish());
  }

  finish() {
    this.advance();
    if (this.remaining > nothing) {
      this.expectEnd();
      return;
    }
    const [first, ...others] = this.threads;
    endAll(others);
    first?.finish(this.done);
  }

  /** Nobody is told. */
  cancel() {
    this.version++;
    endAll(this.threads);
  }
}

/** All lose their work before the first one gives its core to another. @param {readonly Thread[]} threads */
function endAll(threads) {
  for (const thread of threads) thread.work = undefined;
  for (const thread of threads) thread.machine.sleep(thread);
}

/** A thread of a program, which sleeps if it has no work. */
export class Thread {
  /** @param {import('./machine.js').Machine} machine @param {number} weight */
  constructor(machine, weight) {
    this.machine = machine;
    this.weight = weight;
    /** The core on which it runs, waits, or ran last. */
    this.core = machine.nextCore();
    this.state = /** @type {'asleep' | 'waiting' | 'running'} */ ('asleep');
    this.virtualMs = 0;
    this.since = 0;
    /** @type {Work | undefined} */
    this.work = undefined;
  }

  /** Works, and calls back at the end; if it has more to do then, it keeps its core. @param {number} cpuMs @param {() => void} done */
  run(cpuMs, done) {
    this.begin(new Work(this.machine.clock, { cpuMs, threads: [this], speedup: 1, done }));
  }

  /**
   * Works together with others.
   *
   * @param {readonly Thread[]} others
   * @param {{ cpuMs: number, speedup: number, done: () => void }} work `cpuMs` is that of this thread alone.
   */
  runWith(others, work) {
    const shared = new Work(this.machine.clock, { ...work, threads: [this, ...others] });
    for (const thread of shared.threads) thread.begin(shared);
  }

  /** Gives up its work, and that of those who share it. */
  stop() {
    this.work?.cancel();
  }

  /** @param {Work} work */
  begin(work) {
    this.work = work;
    if (this.state === 'running') this.begins(0);
    if (this.state === 'asleep') this.machine.wake(this);
  }

  /** The machine gives it a core. @param {number} delayMs */
  begins(delayMs) {
    this.since = this.machine.clock.now;
    this.work?.begins(this, delayMs);
  }

  /** The machine takes the core from it. */
  pauses() {
    this.countTime();
    this.work?.pauses(this);
  }

  /** What Linux calls virtual runtime: the time that it had, divided by its weight. */
  countTime() {
    const ran = this.machine.clock.now - this.since;
    this.virtualMs += ran / this.weight;
    this.since += ran;
  }

  /** @param {() => void} done */
  finish(done) {
    this.countTime();
    this.work = undefined;
    done();
    if (this.work === undefined) this.machine.sleep(this);
  }
}
