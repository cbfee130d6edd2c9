import { faultOfChunkSize, type Document, type PackedChunks } from '../chunks/index.js';
import { faulty, ServiceError } from '../errors/index.js';
import type {
  CutOptions,
  Embedding,
  EmbeddingProvider,
  EmbedOptions,
  ModelState,
  Priority,
  ProcessCounts,
  Workload,
} from './embedding-provider.port.js';
import type { EmbeddingSpace } from './embedding-space.js';
import { meanOfWindows } from './mean-of-windows.js';
import type { ModelTraits } from './model-traits.js';
import type { ComputedText, EmbeddingQueue, PreparedText, Reading } from './scheduling/embedding-queue.port.js';
import { textTooLong } from './text-too-long.js';

/** A text on its way: its windows, of which nearly every text has one. */
interface Submitted<Text, Computed> {
  readonly windows: readonly Text[];
  /** Undefined = the text is too long and its caller wants nothing cut. */
  readonly results: readonly Promise<Computed>[] | undefined;
}

/**
 * Admits texts to a queue: it refuses texts beyond MAX_QUEUED_TEXTS, counts tokens, reserves the caller's budget, and
 * submits the texts. A text that is read in windows counts as that many texts. Each kind of provider brings its own queue.
 */
export class QueuedEmbeddingProvider<Text extends PreparedText, Computed extends ComputedText> implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  /** Texts that were admitted and are not in the queue yet. */
  private readonly preparing: Record<Priority, number> = { interactive: 0, background: 0 };

  constructor(
    private readonly queue: EmbeddingQueue<Text, Computed>,
    private readonly maxQueuedTexts: number,
  ) {
    this.space = queue.space;
    this.traits = queue.traits;
  }

  embed(texts: readonly string[], options: EmbedOptions): readonly Promise<Embedding>[] {
    if (options.priority === 'interactive' && !this.hasRoomFor(texts.length)) return texts.map(() => Promise.reject(this.overloaded()));
    const submitted = this.submit(texts, options);
    return texts.map(async (_, index) => await this.finish((await submitted)[index], options));
  }

  async cut(document: Document, { tokens, overlap, inputType }: CutOptions): Promise<PackedChunks> {
    const prompt = this.traits.prompts.of(inputType);
    const fault = faultOfChunkSize({ tokens, overlap }, this.space.maxTokens);
    if (fault !== undefined) throw faulty(`chunk.${fault.field}`, fault.message);
    return await this.queue.cut({ ...document, tokens, overlap, prompt });
  }

  state(): ModelState {
    const { starting, idle, busy, state } = this.queue.processCounts();
    return state === 'loaded' && starting > 0 && idle + busy === 0 ? 'loading' : state;
  }

  isProven(): boolean {
    return this.queue.isProven();
  }

  workload(): Workload {
    const workload = this.queue.workload();
    return { ...workload, waiting: workload.waiting + this.preparing.interactive + this.preparing.background };
  }

  longestWaitMs(priority: Priority): number {
    return this.queue.longestWaitMs(priority);
  }

  processCounts(): ProcessCounts {
    return this.queue.processCounts();
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  private async submit(texts: readonly string[], options: EmbedOptions): Promise<readonly Submitted<Text, Computed>[]> {
    const { priority, signal, stages, truncate, budget, inputType } = options;
    const prompt = this.traits.prompts.of(inputType);
    const arrivedAt = performance.now();
    const flow = this.queue.openFlow(priority);
    let admitted = texts.length;
    this.preparing[priority] += admitted;
    try {
      const prepared = await this.queue.prepare(texts, { fit: fitOf(truncate), prompt });
      stages.atLeast('tokenize', performance.now() - arrivedAt);
      const taken = truncate === 'error' ? prepared.filter((windows) => !windows.some(wasCut)) : prepared;
      const windows = taken.flat();
      if (priority === 'interactive' && windows.length > admitted) this.admitWindows(windows.length, admitted);
      this.preparing[priority] += windows.length - admitted;
      admitted = windows.length;
      if (budget !== undefined) await budget.reserve(windows.reduce((sum, { tokens }) => sum + tokens, 0));
      const results = this.queue.submit(flow, windows, { signal, arrivedAt });
      return withResults(prepared, taken, results);
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw new ServiceError('inference_failed', 'The text could not be tokenized.', { cause: error });
    } finally {
      this.preparing[priority] -= admitted;
    }
  }

  private async finish(submitted: Submitted<Text, Computed> | undefined, { stages }: EmbedOptions): Promise<Embedding> {
    if (submitted === undefined) throw new ServiceError('inference_failed', 'The text could not be tokenized.');
    const { windows, results } = submitted;
    if (results === undefined) throw textTooLong(windows[0]?.inputTokens ?? 0, windows[0]?.tokens ?? 0);
    const computed = await Promise.all(results);
    const embeddings = windows.map((text, index) => {
      const result = computed[index];
      if (result === undefined) throw new ServiceError('inference_failed', 'A window of the text was not computed.');
      stages.atLeast('queue', result.queueMs, result.computeMs);
      stages.atLeast('inference', result.computeMs);
      return { embedding: this.queue.embeddingOf(text, result), weight: text.ownTokens };
    });
    return meanOfWindows(embeddings);
  }

  /** Windows are known only when the texts are tokenized, and these texts were admitted before. */
  private admitWindows(windows: number, texts: number): void {
    if (windows > this.maxQueuedTexts) {
      const message = `The texts have ${windows} windows of ${this.space.maxTokens} tokens, and a request may have ${this.maxQueuedTexts} (MAX_QUEUED_TEXTS); send fewer or shorter texts.`;
      throw new ServiceError('invalid_request', message);
    }
    if (!this.hasRoomFor(windows - texts)) throw this.overloaded();
  }

  /** MAX_QUEUED_TEXTS bounds only texts that a caller waits for. Jobs bound their own texts. */
  private hasRoomFor(texts: number): boolean {
    return this.preparing.interactive + this.queue.waitingTextsOf('interactive') + texts <= this.maxQueuedTexts;
  }

  private overloaded(): ServiceError {
    const retryAfterSeconds = Math.max(1, Math.ceil(this.queue.waitingMs / 1000));
    return new ServiceError('overloaded', `The queue is full (MAX_QUEUED_TEXTS=${this.maxQueuedTexts} texts); try again later.`, {
      retryAfterSeconds,
    });
  }
}

function fitOf(truncate: EmbedOptions['truncate']): Reading['fit'] {
  if (truncate === 'mean') return 'windows';
  return truncate === 'start' ? 'start' : 'end';
}

/** Gives each text the results of its windows; texts that were not taken have none. */
function withResults<Text, Computed>(
  prepared: readonly (readonly Text[])[],
  taken: readonly (readonly Text[])[],
  results: readonly Promise<Computed>[],
): readonly Submitted<Text, Computed>[] {
  let next = 0;
  const resultsOf = new Map(taken.map((windows) => [windows, results.slice(next, (next += windows.length))]));
  return prepared.map((windows) => ({ windows, results: resultsOf.get(windows) }));
}

function wasCut({ tokens, inputTokens }: PreparedText): boolean {
  return inputTokens > tokens;
}
