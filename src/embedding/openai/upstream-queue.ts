import { ServiceError } from '../../errors/index.js';
import type { Priority, Workload } from '../embedding-provider.port.js';
import { DrainRate } from '../scheduling/drain-rate.js';
import type { Arrival } from '../scheduling/embedding-queue.port.js';
import { TextScheduler, type Flow } from '../scheduling/text-scheduler.js';
import { apportioned } from './apportioned.js';
import type { CountedText } from './counted-text.js';
import { toServiceError } from './upstream-answers.js';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamObserver } from './upstream-observer.port.js';
import type { Upstream, UpstreamReply } from './upstream.port.js';
import { UpstreamCall, UpstreamText, type UpstreamEmbedding } from './upstream-text.js';

export interface UpstreamQueueOptions {
  readonly upstream: Upstream;
  readonly observer: UpstreamObserver;
  /** Calls at the same time. */
  readonly concurrency: number;
  readonly maxTextsPerCall: number;
  readonly maxTokensPerCall: number;
  /** Counted from the arrival of an interactive text, and from the start of the call of a background text. */
  readonly timeoutMs: number;
}

/** How often a refused call is halved: enough to find several bad texts in thousands, and a bound on the cost. */
const MOST_DIVISIONS = 32;

/**
 * Sends texts in calls. A call holds as many texts as it may, of all callers that wait; callers take turns, and the number of
 * calls at a time is bounded. Background texts leave one call free for interactive texts.
 */
export class UpstreamQueue {
  private readonly scheduler: TextScheduler<UpstreamText>;
  private readonly running = new Map<UpstreamCall, Promise<void>>();
  private readonly drainRate = new DrainRate();
  private completed = 0;
  private failed = 0;
  private closing = false;

  constructor(private readonly options: UpstreamQueueOptions) {
    const { maxTextsPerCall: maxTexts, maxTokensPerCall: maxTokens } = options;
    this.scheduler = new TextScheduler({ maxTexts, maxTokens, lengths: 'any' });
  }

  waitingTextsOf(priority: Priority): number {
    return this.scheduler.waitingTextsOf(priority);
  }

  longestWaitMs(priority: Priority): number {
    return this.scheduler.firstArrival(priority)?.waitedMs ?? 0;
  }

  /** Estimates how long the waiting texts will take, from the speed of the last calls. */
  get waitingMs(): number {
    return this.drainRate.timeFor(this.scheduler.waitingTokens, this.options.concurrency);
  }

  get workload(): Workload {
    const { completed, failed } = this;
    const active = [...this.running.keys()].reduce((sum, call) => sum + call.wantedTexts.length, 0);
    return { waiting: this.scheduler.waitingTexts, active, delayed: 0, completed, failed };
  }

  openFlow(priority: Priority): Flow {
    return this.scheduler.openFlow(priority);
  }

  /** Each promise resolves to the text's vector in time, or rejects with a ServiceError. */
  submit(flow: Flow, texts: readonly CountedText[], { signal, arrivedAt }: Arrival): readonly Promise<UpstreamEmbedding>[] {
    const submitted = texts.map((text) => new UpstreamText(flow, text));
    const results = submitted.map(({ result }) => result);
    for (const text of submitted) this.scheduler.add(flow, text);
    const leave = (): void => this.giveUp(submitted, new UpstreamError('aborted', 'The caller went away'));
    signal.addEventListener('abort', leave, { once: true });
    void Promise.allSettled(results).then(() => signal.removeEventListener('abort', leave));
    if (flow.priority === 'interactive') this.expire(submitted, arrivedAt + this.options.timeoutMs);
    if (signal.aborted) leave();
    if (this.closing) this.refuseWaiting();
    this.dispatch();
    return results;
  }

  /** Refuses waiting texts and finishes running calls. */
  async close(): Promise<void> {
    this.closing = true;
    this.refuseWaiting();
    await Promise.all(this.running.values());
  }

  private dispatch(): void {
    while (!this.closing && this.running.size < this.options.concurrency) {
      const texts = this.scheduler.take(1, this.lowestPriority());
      if (texts.length === 0) return;
      const call = new UpstreamCall(texts);
      if (call.priority === 'background') this.expire(texts, performance.now() + this.options.timeoutMs);
      this.running.set(call, this.run(call));
    }
  }

  /** Rejects the texts whose deadline has passed. */
  private expire(texts: readonly UpstreamText[], deadline: number): void {
    for (const text of texts) text.deadline = deadline;
    const giveUp = (): void => this.giveUp(texts, new UpstreamError('timeout', 'The upstream did not answer in time'));
    const timer = setTimeout(giveUp, Math.max(0, deadline - performance.now()));
    void Promise.allSettled(texts.map(({ result }) => result)).then(() => clearTimeout(timer));
  }

  private lowestPriority(): Priority {
    const background = [...this.running.keys()].filter(({ priority }) => priority === 'background').length;
    return background < Math.max(1, this.options.concurrency - 1) ? 'background' : 'interactive';
  }

  private async run(call: UpstreamCall): Promise<void> {
    await this.compute(call, call.texts);
    this.running.delete(call);
    this.dispatch();
  }

  /** Settles all these texts; never rejects. */
  private async compute(call: UpstreamCall, texts: readonly UpstreamText[]): Promise<void> {
    const wanted = texts.filter(({ isSettled }) => !isSettled);
    if (wanted.length === 0) return;
    const startedAt = performance.now();
    try {
      const deadline = Math.max(...wanted.map((text) => text.deadline));
      const reply = await this.options.upstream.embed(
        wanted.map(({ text }) => text),
        { signal: call.signal, deadline },
      );
      this.finish(wanted, reply, performance.now() - startedAt);
    } catch (error) {
      const half = Math.ceil(wanted.length / 2);
      if (isInvalidInput(error) && half < wanted.length && call.divide(MOST_DIVISIONS)) {
        await this.compute(call, wanted.slice(0, half));
        await this.compute(call, wanted.slice(half));
      } else {
        this.fail(wanted, error);
      }
    }
  }

  private finish(texts: readonly UpstreamText[], { vectors, truncated, tokens: billed }: UpstreamReply, milliseconds: number): void {
    const counts = texts.map(({ tokens }) => tokens);
    const counted = counts.reduce((sum, count) => sum + count, 0);
    this.drainRate.record(counted, milliseconds);
    this.options.observer.textsComputed(texts.length, billed ?? counted);
    const shares = billed === undefined ? counts : apportioned(billed, counts);
    texts.forEach((text, index) => {
      const vector = vectors[index];
      if (text.isSettled || vector === undefined) return; // its caller left while it was computed
      this.completed++;
      text.resolve({ vector, tokens: shares[index] ?? 0, truncated: truncated[index] ?? false });
    });
  }

  private fail(texts: readonly UpstreamText[], error: unknown): void {
    const told = texts.length > 1 && isInvalidInput(error) ? new UpstreamError('invalid_input', error.message) : error;
    for (const text of texts) {
      if (text.isSettled) continue;
      this.failed++;
      text.reject(toServiceError(told));
    }
  }

  /** Drops texts whose caller has left. */
  private giveUp(texts: readonly UpstreamText[], reason: UpstreamError): void {
    const unsettled = texts.filter(({ isSettled }) => !isSettled);
    for (const text of unsettled) {
      this.scheduler.remove(text);
      text.reject(toServiceError(reason));
    }
    if (reason.outcome === 'timeout') this.failed += unsettled.length;
    else this.options.observer.textsDropped(unsettled.length);
    for (const call of new Set(unsettled.map(({ call: of }) => of))) call?.abandonIfUnwanted(reason);
  }

  private refuseWaiting(): void {
    const error = new ServiceError('shutting_down', 'The service is stopping; send the request to another instance.', {
      retryAfterSeconds: 1,
    });
    for (const text of this.scheduler.removeAll()) text.reject(error);
  }
}

function isInvalidInput(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && error.outcome === 'invalid_input';
}
