/** The weight of a process with niceness 5, as the service starts them (Linux, sched_prio_to_weight). */
const inferenceWeight = 335;
/** As the service has them: padded tokens of a run where they pay off most, and BATCH_SIZE. */
const limits = { maxTokens: 128, maxTexts: 32, maxBackgroundTokens: 64 };

/** @typedef {{ tokens: number, alone: boolean, flow?: import('../../src/embedding/scheduling/text-scheduler.js').Flow, done: (failed: boolean) => void }} Text */
/** @typedef {{ group: readonly Text[], task: import('./machine.js').Task }} Run */

/** The inference processes of one HTTP process, before which the real scheduler decides what runs. It follows InferencePool. */
export class Inference {
  /**
   * @param {import('./machine.js').Machine} machine
   * @param {{ processes: number, msPerToken: number, wideSpeedup: number, restartMs: number }} options
   * @param {import('./parts.js').Parts} parts
   */
  constructor(machine, options, { TextScheduler }) {
    this.machine = machine;
    this.options = options;
    /** @type {import('../../src/embedding/scheduling/text-scheduler.js').TextScheduler<Text>} */
    this.scheduler = new TextScheduler(limits);
    this.idle = options.processes;
    this.alive = options.processes;
    /** @type {Set<Run>} */
    this.runs = new Set();
    this.kills = 0;
  }

  /** @param {readonly Text[]} texts The texts of one request. */
  submit(texts) {
    const flow = this.scheduler.openFlow('interactive');
    for (const text of texts) this.scheduler.add((text.flow = flow), text);
    this.dispatch();
  }

  dispatch() {
    while (this.idle > 0) {
      const group = this.scheduler.take(this.idle);
      if (group.length === 0) return;
      const isWide = this.scheduler.waitingTexts === 0 && this.idle === this.alive && this.alive === this.options.processes;
      this.run(group, isWide);
    }
  }

  /** @param {readonly Text[]} group @param {boolean} isWide on all cores */
  run(group, isWide) {
    const { msPerToken, wideSpeedup, processes } = this.options;
    const longest = group.reduce((most, { tokens }) => Math.max(most, tokens), 0);
    const cpuMs = longest * group.length * msPerToken;
    const width = isWide ? processes : 1;
    this.idle--;
    const done = () => {
      this.runs.delete(run);
      this.idle++;
      for (const text of group) text.done(false);
      this.dispatch();
    };
    const work = isWide ? (cpuMs * width) / wideSpeedup : cpuMs;
    /** @type {Run} */
    const run = { group, task: this.machine.start({ cpuMs: work, weight: inferenceWeight, width, done }) };
    this.runs.add(run);
  }

  /** Ends a process that runs. Its texts run once more, each alone; a new process is there when it has loaded the model. */
  kill() {
    const [run] = this.runs;
    if (run === undefined) return;
    this.runs.delete(run);
    this.machine.end(run.task);
    this.alive--;
    this.kills++;
    for (const text of run.group) this.retryOrFail(text);
    this.machine.clock.after(this.options.restartMs, () => this.restarted());
    this.dispatch();
  }

  restarted() {
    this.alive++;
    this.idle++;
    this.dispatch();
  }

  /** @param {Text} text */
  retryOrFail(text) {
    if (text.alone || text.flow === undefined) {
      text.done(true);
      return;
    }
    text.alone = true;
    this.scheduler.add(text.flow, text);
  }
}
