import { inferenceWeight } from './linux.js';
import { Thread } from './thread.js';

/** As the service has them: BATCH_SIZE, and the padded tokens of a run of a job while callers come. */
const limits = { maxTexts: 32, maxBackgroundTokens: 64 };

/** @typedef {{ tokens: number, alone: boolean, flow?: import('../../src/embedding/scheduling/text-scheduler.js').Flow, done: (failed: boolean) => void }} Text */
/** @typedef {import('../../src/embedding/scheduling/inference-arbiter.js').Turn} Turn */
/** @typedef {{ group: readonly Text[], process: Thread, turn: Turn }} Run */

/**
 * @typedef {object} InferenceOptions
 * @property {number} processes
 * @property {number} groupTokens Padded tokens of a run where they pay off most; the service measures it at its start.
 * @property {number} msPerRun CPU of a run, besides that of its tokens.
 * @property {number} msPerToken
 * @property {number} wideSpeedup
 * @property {number} restartMs
 * @property {(texts: number, done: () => void) => void} answer The work of the HTTP process when a run of this many texts has ended.
 */

/** The inference processes of one HTTP process, before which the real arbiter and scheduler decide what runs. It follows InferencePool. */
export class Inference {
  /**
   * @param {import('./machine.js').Machine} machine
   * @param {InferenceOptions} options
   * @param {import('./parts.js').Parts} parts
   */
  constructor(machine, options, { TextScheduler, InferenceArbiter }) {
    const { clock } = machine;
    const { processes, groupTokens } = options;
    this.machine = machine;
    this.options = options;
    this.weight = 1;
    /** @type {import('../../src/embedding/scheduling/text-scheduler.js').TextScheduler<Text>} */
    this.scheduler = new TextScheduler({ ...limits, maxTokens: groupTokens });
    this.arbiter = new InferenceArbiter(processes, { now: () => clock.now, after: (ms, run) => clock.afterUnlessCancelled(ms, run) });
    this.arbiter.add(this);
    const threads = () => Array.from({ length: processes }, () => new Thread(machine, inferenceWeight));
    /** The last one runs next. The first one can run a text on all cores, with the helpers. */
    this.idle = threads();
    this.wide = this.idle[0];
    this.helpers = threads().slice(1);
    this.alive = processes;
    /** @type {Set<Run>} */
    this.runs = new Set();
    this.kills = 0;
    this.counts = { runs: 0, wideRuns: 0 };
  }

  /** @param {readonly Text[]} texts The texts of one request. */
  submit(texts) {
    const flow = this.scheduler.openFlow('interactive');
    for (const text of texts) this.scheduler.add((text.flow = flow), text);
    this.arbiter.dispatch();
  }

  /** The arbiter asks what would run now. @returns {import('../../src/embedding/scheduling/inference-arbiter.js').NextGroup | undefined} */
  next() {
    if (this.idle.length === 0 || this.scheduler.waitingTexts === 0) return undefined;
    return { priority: 'interactive', threads: 1 };
  }

  /** @param {Turn} turn */
  run(turn) {
    const group = this.scheduler.take(Math.min(this.idle.length, turn.groups));
    const isWide = turn.isAlone && this.scheduler.waitingTexts === 0 && this.idle.length === this.alive;
    const wide = isWide ? this.takeWide() : undefined;
    const process = wide ?? this.idle.pop();
    if (process === undefined) return;
    this.start({ group, process, turn }, wide === undefined ? [] : this.helpers);
  }

  takeWide() {
    const { wide, idle } = this;
    if (wide === undefined || !idle.includes(wide)) return undefined;
    return idle.splice(idle.indexOf(wide), 1)[0];
  }

  /** @param {Run} run @param {readonly Thread[]} helpers */
  start(run, helpers) {
    const { msPerRun, msPerToken, wideSpeedup } = this.options;
    const longest = run.group.reduce((most, { tokens }) => Math.max(most, tokens), 0);
    const cpuMs = msPerRun + longest * run.group.length * msPerToken;
    this.runs.add(run);
    this.counts.runs++;
    if (helpers.length > 0) this.counts.wideRuns++;
    run.process.runWith(helpers, { cpuMs, speedup: wideSpeedup, done: () => this.end(run) });
  }

  /** @param {Run} run */
  end(run) {
    this.runs.delete(run);
    this.options.answer(run.group.length, () => {
      this.idle.push(run.process);
      run.turn.end();
      for (const text of run.group) text.done(false);
    });
  }

  /** Ends a process that runs. Its texts run once more, each alone; a new process is there when it has loaded the model. */
  kill() {
    const [run] = this.runs;
    if (run === undefined) return;
    this.runs.delete(run);
    run.process.stop();
    this.alive--;
    this.kills++;
    for (const text of run.group) this.retryOrFail(text);
    this.machine.clock.after(this.options.restartMs, () => this.restarted(run.process));
    run.turn.end();
  }

  /** @param {Thread} process In place of one that was lost. */
  restarted(process) {
    this.alive++;
    this.idle.push(process);
    this.arbiter.dispatch();
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
