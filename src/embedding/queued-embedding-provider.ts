import { ServiceError } from '../errors/index.js';
import type { Embedding, EmbeddingProvider, EmbedOptions, Priority, ProcessCounts, Workload } from './embedding-provider.port.js';
import type { EmbeddingSpace } from './embedding-space.js';
import type { ModelTraits } from './model-traits.js';
import type { ComputedText, EmbeddingQueue, PreparedText } from './scheduling/embedding-queue.port.js';
import { textTooLong } from './text-too-long.js';

interface Submitted<Text, Computed> {
  readonly text: Text;
  /** Undefined = the text is too long and its caller wants nothing cut. */
  readonly result: Promise<Computed> | undefined;
}

/**
 * Admits texts to a queue: it refuses texts beyond MAX_QUEUED_TEXTS, counts tokens, reserves the caller's budget, and
 * submits the texts. Each kind of provider brings its own queue.
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
    this.preparing[priority] += texts.length;
    try {
      const prepared = await this.queue.prepare(texts, { cutOff: truncate === 'start' ? 'start' : 'end', prompt });
      stages.atLeast('tokenize', performance.now() - arrivedAt);
      const taken = truncate === 'error' ? prepared.filter((text) => !wasCut(text)) : prepared;
      if (budget !== undefined) await budget.reserve(taken.reduce((sum, { tokens }) => sum + tokens, 0));
      const results = this.queue.submit(flow, taken, { signal, arrivedAt });
      const resultOf = new Map(taken.map((text, index) => [text, results[index]]));
      return prepared.map((text) => ({ text, result: resultOf.get(text) }));
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw new ServiceError('inference_failed', 'The text could not be tokenized.', { cause: error });
    } finally {
      this.preparing[priority] -= texts.length;
    }
  }

  private async finish(submitted: Submitted<Text, Computed> | undefined, { stages }: EmbedOptions): Promise<Embedding> {
    if (submitted === undefined) throw new ServiceError('inference_failed', 'The text could not be tokenized.');
    const { text, result } = submitted;
    if (result === undefined) throw textTooLong(text.inputTokens, text.tokens);
    const computed = await result;
    const { queueMs, computeMs } = computed;
    stages.atLeast('queue', queueMs, computeMs);
    stages.atLeast('inference', computeMs);
    return this.queue.embeddingOf(text, computed);
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

function wasCut({ tokens, inputTokens }: PreparedText): boolean {
  return inputTokens > tokens;
}
