import { SettingsError, type LocalEmbeddingSettings } from '../../config/index.js';
import { ServiceError } from '../../errors/index.js';
import type { Embedding, EmbeddingProvider, EmbedOptions, Priority, ProcessCounts, Workload } from '../embedding-provider.port.js';
import { embeddingSpace, type EmbeddingSpace } from '../embedding-space.js';
import type { InferenceObserver } from './inference/inference-observer.port.js';
import { InferencePool } from './inference/inference-pool.js';
import type { ComputedText } from './inference/pending-text.js';
import { openLocalModel, type LocalModel } from './model/local-model.js';
import { textTooLong } from '../text-too-long.js';
import type { TokenizedText } from './tokenization/tokenizer-messages.js';
import { Tokenizer } from './tokenization/tokenizer.js';

/** A caller may have to wait for a group of a job that has begun: at 64 it is a few milliseconds, and costs a job 5 %. */
const BACKGROUND_GROUP_TOKENS = 64;
/** A vector computed this recently shows that inference works. */
const PROOF_MS = 30_000;

/** Computes vectors on this machine: a tokenizer thread, a scheduler, and one inference process per core. */
export class LocalEmbeddingProvider implements EmbeddingProvider {
  private computedAt: number | undefined;
  /** Admitted and not submitted to the pool yet. */
  private readonly tokenizing: Record<Priority, number> = { interactive: 0, background: 0 };

  private constructor(
    readonly space: EmbeddingSpace,
    private readonly tokenizer: Tokenizer,
    private readonly pool: InferencePool,
    private readonly maxQueuedTexts: number,
  ) {}

  static async start(settings: LocalEmbeddingSettings, observer: InferenceObserver): Promise<LocalEmbeddingProvider> {
    const model = await openLocalModel(settings);
    const [tokenizer, pool] = await Promise.all([startTokenizer(settings, model), startPool(settings, model, observer)]);
    const { name, fileHash: revision, dtype, dimensions, maxTokens } = model;
    const { pooling } = settings;
    const space = embeddingSpace({
      provider: 'local',
      model: name,
      revision,
      dtype,
      pooling,
      normalization: 'l2',
      prompt: '',
      maxTokens,
      dimensions,
    });
    return new LocalEmbeddingProvider(space, tokenizer, pool, settings.maxQueuedTexts);
  }

  embed(texts: readonly string[], options: EmbedOptions): readonly Promise<Embedding>[] {
    if (options.priority === 'interactive' && !this.hasRoomFor(texts.length)) return texts.map(() => Promise.reject(this.overloaded()));
    const submitted = this.submit(texts, options);
    return texts.map(async (_, index) => await this.finish((await submitted)[index], options));
  }

  isProven(): boolean {
    return this.computedAt !== undefined && performance.now() - this.computedAt < PROOF_MS;
  }

  workload(): Workload {
    const pool = this.pool.workload;
    return { ...pool, waiting: pool.waiting + this.tokenizing.interactive + this.tokenizing.background };
  }

  longestWaitMs(priority: Priority): number {
    return this.pool.longestWaitMs(priority);
  }

  processCounts(): ProcessCounts {
    return this.pool.processCounts;
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.tokenizer.close();
  }

  private async submit(texts: readonly string[], options: EmbedOptions): Promise<readonly Submitted[]> {
    const { priority, signal, stages, truncate, budget } = options;
    const startedAt = performance.now();
    const flow = this.pool.openFlow(priority);
    this.tokenizing[priority] += texts.length;
    try {
      const tokenized = await this.tokenizer.tokenize(texts, truncate === 'start' ? 'start' : 'end');
      stages.atLeast('tokenize', performance.now() - startedAt);
      const taken = truncate === 'error' ? tokenized.filter(({ ids, inputTokens }) => inputTokens === ids.length) : tokenized;
      const ids = taken.map((text) => text.ids);
      if (budget !== undefined) await budget.reserve(ids.reduce((sum, { length }) => sum + length, 0));
      const results = this.pool.submit(flow, ids, signal);
      const resultOf = new Map(taken.map((text, index) => [text, results[index]]));
      return tokenized.map((text) => ({ text, result: resultOf.get(text) }));
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw new ServiceError('inference_failed', 'The text could not be tokenized.', { cause: error });
    } finally {
      this.tokenizing[priority] -= texts.length;
    }
  }

  private async finish(submitted: Submitted | undefined, { stages }: EmbedOptions): Promise<Embedding> {
    if (submitted === undefined) throw new ServiceError('inference_failed', 'The text could not be tokenized.');
    const { text, result } = submitted;
    if (result === undefined) throw textTooLong(text.inputTokens, text.ids.length);
    const { vector, queueMs, inferenceMs } = await result;
    stages.atLeast('queue', queueMs, inferenceMs);
    stages.atLeast('inference', inferenceMs);
    if (!isUnitVector(vector)) throw new ServiceError('inference_failed', 'The model gave no usable vector for this text.');
    this.computedAt = performance.now();
    return { vector, tokens: text.ids.length, inputTokens: text.inputTokens, cached: false };
  }

  /** MAX_QUEUED_TEXTS is for callers who wait; whoever submits background texts bounds them, and they delay no caller. */
  private hasRoomFor(texts: number): boolean {
    return this.tokenizing.interactive + this.pool.waitingTextsOf('interactive') + texts <= this.maxQueuedTexts;
  }

  private overloaded(): ServiceError {
    const retryAfterSeconds = Math.max(1, Math.ceil(this.pool.waitingMs / 1000));
    return new ServiceError('overloaded', `The queue is full (MAX_QUEUED_TEXTS=${this.maxQueuedTexts} texts); try again later.`, {
      retryAfterSeconds,
    });
  }
}

interface Submitted {
  readonly text: TokenizedText;
  /** Undefined = not computed, since the text is too long and nothing of it may be cut. */
  readonly result: Promise<ComputedText> | undefined;
}

async function startPool(settings: LocalEmbeddingSettings, model: LocalModel, observer: InferenceObserver): Promise<InferencePool> {
  const { folder, dtype } = model;
  try {
    return await InferencePool.start({
      model: { folder, dtype, pooling: settings.pooling },
      processes: settings.workers,
      groupLimits: { maxBackgroundTokens: BACKGROUND_GROUP_TOKENS, maxTexts: settings.batchSize },
      timeoutMs: settings.inferenceTimeoutMs,
      maxProcessBytes: settings.workerMemoryBytes,
      observer,
    });
  } catch (error) {
    throw cannotBeLoaded(settings, error);
  }
}

async function startTokenizer(settings: LocalEmbeddingSettings, { folder, maxTokens }: LocalModel): Promise<Tokenizer> {
  try {
    return await Tokenizer.open({ folder, maxTokens });
  } catch (error) {
    throw cannotBeLoaded(settings, error);
  }
}

function cannotBeLoaded({ model }: LocalEmbeddingSettings, error: unknown): SettingsError {
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new SettingsError([`EMBEDDING_MODEL=${model} cannot be loaded: ${reason}`]);
}

/** A NaN, an infinity or all zeros fail it; the bound is the rounding of 384 to 4,096 float32 additions. */
function isUnitVector(vector: Float32Array): boolean {
  let squares = 0;
  for (let index = 0; index < vector.length; index++) squares += (vector[index] ?? 0) ** 2; // for...of makes an object a number
  return Math.abs(squares - 1) < 1e-3;
}
