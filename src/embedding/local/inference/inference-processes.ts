import type { ProcessCounts } from '../../embedding-provider.port.js';
import type { ModelCard } from '../model/card/model-card.js';
import type { InferenceObserver } from './inference-observer.port.js';
import { InferenceProcess, type ProcessLostError } from './inference-process.js';
import type { LoadedModel } from './worker-messages.js';

const FIRST_RESTART_DELAY_MS = 500;
const LONGEST_RESTART_DELAY_MS = 30_000;

export interface InferenceProcessesOptions {
  readonly card: ModelCard;
  /** The threads of each process. */
  readonly threads: readonly number[];
  /** Threads of a second session, for a text that comes alone; 1 = there is none. */
  readonly width: number;
  readonly observer: InferenceObserver;
}

interface Listener {
  /** A process has started. */
  onStarted(): void;
  /** No process is left, and the next one is started only after this time. */
  onNoneLeft(retryInMs: number): void;
}

/** A fixed number of processes that have loaded the model; one that is lost is replaced. */
export class InferenceProcesses {
  private readonly alive = new Set<InferenceProcess>();
  private readonly idle: InferenceProcess[] = [];
  private readonly restarts = new Set<NodeJS.Timeout>();
  private listener: Listener | undefined;
  private closing = false;

  private constructor(
    private readonly options: InferenceProcessesOptions,
    readonly model: LoadedModel,
  ) {}

  /** Resolves once every process has loaded the model; rejects with the reason when the model cannot be loaded. */
  static async start(options: InferenceProcessesOptions): Promise<InferenceProcesses> {
    const { card, threads, width } = options;
    const processes = threads.map(() => InferenceProcess.start());
    try {
      // All measure the size of a group at the same time, because a process alone often finds a larger one than is best under load.
      const models = await Promise.all(
        processes.map((process, index) => process.load({ card, threads: threads[index] ?? 1, width: index === 0 ? width : 1 })),
      );
      const model = models.sort((left, right) => left.groupBudget - right.groupBudget)[Math.floor(models.length / 2)];
      if (model === undefined) throw new RangeError('a pool needs at least one process');
      const started = new InferenceProcesses(options, model);
      for (const process of processes) started.adopt(process);
      return started;
    } catch (error) {
      await Promise.all(processes.map((process) => process.stop()));
      throw error;
    }
  }

  get aliveCount(): number {
    return this.alive.size;
  }

  get idleCount(): number {
    return this.idle.length;
  }

  get counts(): Omit<ProcessCounts, 'state' | 'plan'> {
    const starting = this.options.threads.length - this.alive.size;
    const loadedBytes = [...this.alive].reduce((sum, process) => sum + process.loadedBytes, 0);
    return { starting, idle: this.idle.length, busy: this.alive.size - this.idle.length, loadedBytes };
  }

  listen(listener: Listener): void {
    this.listener = listener;
  }

  /** The process that `takeIdle` takes. */
  get nextIdle(): InferenceProcess | undefined {
    return this.idle.at(-1);
  }

  takeIdle(): InferenceProcess | undefined {
    return this.idle.pop();
  }

  /** The process that can run a text on all cores, if all processes are idle. */
  takeWide(): InferenceProcess | undefined {
    const index = this.idle.length < this.alive.size ? -1 : this.idle.findIndex((process) => process.runsWide);
    return index < 0 ? undefined : this.idle.splice(index, 1)[0];
  }

  /** After a run. */
  giveBack(process: InferenceProcess): void {
    if (process.isAlive) this.idle.push(process);
  }

  /** From now on, lost processes are not replaced. */
  stopReplacing(): void {
    this.closing = true;
    for (const timer of this.restarts) clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.stopReplacing();
    await Promise.all([...this.alive].map((process) => process.stop()));
  }

  private get hasWide(): boolean {
    return [...this.alive].some((process) => process.runsWide);
  }

  private adopt(process: InferenceProcess): void {
    this.alive.add(process);
    void process.ended.then((error) => this.replace(process, error));
    this.idle.push(process);
    this.listener?.onStarted();
  }

  private replace(process: InferenceProcess, error: ProcessLostError): void {
    this.alive.delete(process);
    const index = this.idle.indexOf(process);
    if (index >= 0) this.idle.splice(index, 1);
    if (this.closing) return;
    this.options.observer.processLost(error);
    void this.startAnother(process.threads, FIRST_RESTART_DELAY_MS);
  }

  private async startAnother(threads: number, nextDelayMs: number): Promise<void> {
    let process: InferenceProcess | undefined;
    try {
      process = InferenceProcess.start();
      await process.load({ card: this.options.card, threads, width: this.hasWide ? 1 : this.options.width });
      if (this.closing) await process.stop();
      else this.adopt(process);
    } catch (error) {
      await process?.stop();
      this.options.observer.processFailedToLoad(error instanceof Error ? error.message : String(error));
      this.restartLater(threads, nextDelayMs);
    }
  }

  private restartLater(threads: number, delayMs: number): void {
    if (this.closing) return;
    if (this.alive.size === 0) this.listener?.onNoneLeft(delayMs);
    const timer = setTimeout(() => {
      this.restarts.delete(timer);
      void this.startAnother(threads, Math.min(delayMs * 2, LONGEST_RESTART_DELAY_MS)); // handles its own errors
    }, delayMs);
    this.restarts.add(timer);
  }
}
