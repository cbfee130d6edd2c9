import { SettingsError, type LocalEmbeddingSettings } from '../../config/index.js';
import { ServiceError } from '../../errors/index.js';
import type { Embedding, Priority, ProcessCounts, Workload } from '../embedding-provider.port.js';
import { embeddingSpace, type EmbeddingSpace } from '../embedding-space.js';
import type { Arrival, ComputedText, CutOff, EmbeddingQueue } from '../scheduling/embedding-queue.port.js';
import type { Flow } from '../scheduling/text-scheduler.js';
import type { InferenceObserver } from './inference/inference-observer.port.js';
import { InferencePool } from './inference/inference-pool.js';
import { openLocalModel, type LocalModel } from './model/local-model.js';
import type { TokenizedText } from './tokenization/tokenizer-messages.js';
import { Tokenizer } from './tokenization/tokenizer.js';

/** A caller may have to wait for a group of a job that has begun: at 64 it is a few milliseconds, and costs a job 5 %. */
const BACKGROUND_GROUP_TOKENS = 64;
/** A vector computed this recently shows that inference works. */
const PROOF_MS = 30_000;

/** Computes vectors on this machine: a tokenizer thread, a scheduler, and one inference process per core. */
export class LocalEmbeddingQueue implements EmbeddingQueue<TokenizedText, ComputedText> {
  private computedAt: number | undefined;

  private constructor(
    readonly space: EmbeddingSpace,
    private readonly tokenizer: Tokenizer,
    private readonly pool: InferencePool,
  ) {}

  static async start(settings: LocalEmbeddingSettings, observer: InferenceObserver): Promise<LocalEmbeddingQueue> {
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
    return new LocalEmbeddingQueue(space, tokenizer, pool);
  }

  get waitingMs(): number {
    return this.pool.waitingMs;
  }

  waitingTextsOf(priority: Priority): number {
    return this.pool.waitingTextsOf(priority);
  }

  openFlow(priority: Priority): Flow {
    return this.pool.openFlow(priority);
  }

  async prepare(texts: readonly string[], cutOff: CutOff): Promise<readonly TokenizedText[]> {
    return await this.tokenizer.tokenize(texts, cutOff);
  }

  submit(flow: Flow, texts: readonly TokenizedText[], { signal }: Arrival): readonly Promise<ComputedText>[] {
    return this.pool.submit(
      flow,
      texts.map(({ ids }) => ids),
      signal,
    );
  }

  embeddingOf({ tokens, inputTokens }: TokenizedText, { vector }: ComputedText): Embedding {
    if (!isUnitVector(vector)) throw new ServiceError('inference_failed', 'The model gave no usable vector for this text.');
    this.computedAt = performance.now();
    return { vector, tokens, inputTokens, cached: false };
  }

  isProven(): boolean {
    return this.computedAt !== undefined && performance.now() - this.computedAt < PROOF_MS;
  }

  workload(): Workload {
    return this.pool.workload;
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

/** False for a NaN, an infinity and all zeros; the tolerance covers the rounding of 384 to 4,096 float32 additions. */
function isUnitVector(vector: Float32Array): boolean {
  let squares = 0;
  for (let index = 0; index < vector.length; index++) squares += (vector[index] ?? 0) ** 2; // for...of makes an object a number
  return Math.abs(squares - 1) < 1e-3;
}
