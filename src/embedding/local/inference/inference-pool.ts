import { ServiceError } from '../../../errors/index.js';
import type { Priority, ProcessCounts, Workload } from '../../embedding-provider.port.js';
import { DrainRate } from '../../scheduling/drain-rate.js';
import type { InferenceProcess, TextTokens } from './inference-process.js';
import { InferenceProcesses, type InferenceProcessesOptions } from './inference-processes.js';
import { shuttingDown, unavailable } from './inference-refusals.js';
import { PendingText, type ScaledText } from './pending-text.js';
import { runTimeoutMs } from './run-timeout.js';
import type { Contender, InferenceArbiter, NextGroup, Turn } from '../../scheduling/inference-arbiter.js';
import { TextScheduler, type Flow, type GroupLimits } from '../../scheduling/text-scheduler.js';

export interface InferencePoolOptions extends InferenceProcessesOptions {
  readonly groupLimits: Omit<GroupLimits, 'maxTokens'>;
  /** Decides when it is the turn of this model, among all models of the machine. */
  readonly arbiter: InferenceArbiter;
  readonly weight: number;
  /** The time limit of a group of 512 tokens; larger groups get more. A process that takes longer is killed and replaced. */
  readonly timeoutMs: number;
  /** A process that has grown by more than this since it loaded the model is replaced. */
  readonly maxGrowthBytes: number;
}

interface StartedRun {
  readonly process: InferenceProcess;
  readonly turn: Turn;
  readonly isWide: boolean;
}

/** Runs scheduled texts on the inference processes, a group whenever the arbiter says so. */
export class InferencePool implements Contender {
  readonly weight: number;
  private readonly scheduler: TextScheduler<PendingText>;
  private readonly running = new Set<Promise<void>>();
  private readonly drainRate = new DrainRate();
  private active = 0;
  private delayed = 0;
  private completed = 0;
  private failed = 0;
  private closing = false;

  private constructor(
    private readonly options: InferencePoolOptions,
    private readonly processes: InferenceProcesses,
  ) {
    const { groupBudget, batchInvariant } = processes.model;
    const limits = { ...options.groupLimits, maxTokens: groupBudget };
    this.weight = options.weight;
    this.scheduler = new TextScheduler(batchInvariant ? limits : { ...limits, maxTexts: 1 });
    options.arbiter.add(this);
    processes.listen({
      onStarted: () => options.arbiter.dispatch(),
      onNoneLeft: (retryInMs) => this.refuseWaiting(unavailable(retryInMs)),
    });
  }

  /** Rejects with the reason when the model cannot be loaded. */
  static async start(options: InferencePoolOptions): Promise<InferencePool> {
    return new InferencePool(options, await InferenceProcesses.start(options));
  }

  waitingTextsOf(priority: Priority): number {
    return this.scheduler.waitingTextsOf(priority);
  }

  /** How long the texts that wait now will take, from the speed of the last groups. */
  get waitingMs(): number {
    return this.drainRate.timeFor(this.scheduler.waitingTokens, this.processes.aliveCount);
  }

  get workload(): Workload {
    const { active, delayed, completed, failed } = this;
    return { waiting: this.scheduler.waitingTexts - delayed, active, delayed, completed, failed };
  }

  longestWaitMs(priority: Priority): number {
    return this.scheduler.firstArrival(priority)?.waitedMs ?? 0;
  }

  get processCounts(): Omit<ProcessCounts, 'state' | 'plan'> {
    return this.processes.counts;
  }

  openFlow(priority: Flow['priority']): Flow {
    return this.scheduler.openFlow(priority);
  }

  /** Each promise resolves to the text's vector, or rejects with a ServiceError. */
  submit(flow: Flow, texts: readonly TextTokens[], signal: AbortSignal): readonly Promise<ScaledText>[] {
    const pending = texts.map((text) => new PendingText(flow, text));
    const drop = (): void => this.drop(pending);
    const results = pending.map((text) => text.result);
    signal.addEventListener('abort', drop, { once: true });
    void Promise.allSettled(results).then(() => signal.removeEventListener('abort', drop));
    for (const text of pending) this.scheduler.add(flow, text);
    if (signal.aborted) drop();
    if (this.closing) this.refuseWaiting(shuttingDown());
    this.options.arbiter.dispatch();
    return results;
  }

  /** Refuses waiting texts, finishes running ones, and ends the processes. */
  async close(): Promise<void> {
    this.closing = true;
    this.processes.stopReplacing();
    this.refuseWaiting(shuttingDown());
    await Promise.allSettled(this.running);
    this.options.arbiter.remove(this);
    await this.processes.close();
  }

  next(): NextGroup | undefined {
    const process = this.processes.nextIdle;
    if (this.closing || process === undefined || this.scheduler.waitingTexts === 0) return undefined;
    const priority = this.scheduler.waitingTextsOf('interactive') > 0 ? 'interactive' : 'background';
    return { priority, threads: process.threads };
  }

  run(turn: Turn): void {
    const group = this.scheduler.take(Math.min(this.processes.idleCount, turn.groups));
    const wide = turn.isAlone && this.scheduler.waitingTexts === 0 ? this.processes.takeWide() : undefined;
    const process = wide ?? this.processes.takeIdle();
    if (process === undefined) {
      turn.end(); // never, because `next` has seen an idle process
      return;
    }
    const run = this.compute(group, { process, turn, isWide: wide !== undefined }).finally(() => this.running.delete(run));
    this.running.add(run);
  }

  private async compute(group: readonly PendingText[], { process, turn, isWide }: StartedRun): Promise<void> {
    for (const text of group) this.start(text);
    try {
      const { vectors, lengths, milliseconds, rssBytes } = await process.run(
        group.map(({ text }) => text),
        { timeoutMs: this.timeoutMs(group), isWide },
      );
      this.finish(group, isWide ? undefined : milliseconds);
      if (isWide) this.options.observer.ranWide();
      const size = vectors.length / group.length;
      this.completed += group.length;
      if (process.hasGrown(rssBytes, this.options.maxGrowthBytes)) process.retire(rssBytes);
      group.forEach((text, index) => {
        const vector = vectors.slice(index * size, (index + 1) * size);
        text.resolve({ vector, length: lengths[index] ?? 0, computeMs: milliseconds });
      });
    } catch (error) {
      for (const text of group) this.retryOrFail(text, error);
    } finally {
      this.active -= group.length;
      this.processes.giveBack(process);
      turn.end();
    }
  }

  private timeoutMs(group: readonly PendingText[]): number {
    const longest = group.reduce((most, { tokens }) => Math.max(most, tokens), 0);
    return runTimeoutMs(this.options.timeoutMs, group.length, longest);
  }

  private start(text: PendingText): void {
    if (text.alone) this.delayed--;
    this.active++;
    text.start();
  }

  /** @param milliseconds Undefined = the run says nothing about how fast one process is. */
  private finish(group: readonly PendingText[], milliseconds: number | undefined): void {
    const tokens = group.reduce((sum, text) => sum + text.tokens, 0);
    if (milliseconds !== undefined) this.drainRate.record(tokens, milliseconds);
    this.options.observer.groupFinished(group.length, tokens);
  }

  /** A text of a failed group runs once more, alone, so that the text that ended the process cannot fail other texts again. */
  private retryOrFail(text: PendingText, error: unknown): void {
    if (text.alone) {
      this.failed++;
      text.reject(new ServiceError('inference_failed', 'The model could not compute a vector for this text.', { cause: error }));
    } else if (this.closing) {
      text.reject(shuttingDown(error));
    } else {
      text.alone = true;
      this.delayed++;
      this.scheduler.add(text.flow, text);
    }
  }

  private drop(texts: readonly PendingText[]): void {
    const dropped = texts.filter((text) => this.scheduler.remove(text));
    for (const text of dropped) this.leave(text, new ServiceError('aborted', 'The caller went away.'));
    if (dropped.length > 0) this.options.observer.textsDropped(dropped.length);
  }

  private refuseWaiting(error: ServiceError): void {
    for (const text of this.scheduler.removeAll()) this.leave(text, error);
  }

  /** Rejects a text that left the line without being computed. */
  private leave(text: PendingText, error: ServiceError): void {
    if (text.alone) this.delayed--;
    text.reject(error);
  }
}
