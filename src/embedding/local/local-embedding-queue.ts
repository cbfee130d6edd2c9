import type { PackedChunks } from '../../chunks/index.js';
import { faultOfModel, SettingsError, type LocalEmbeddingSettings } from '../../config/index.js';
import { ServiceError } from '../../errors/index.js';
import type { Embedding, Priority, ProcessCounts, Workload } from '../embedding-provider.port.js';
import type { EmbeddingSpace } from '../embedding-space.js';
import type { ModelTraits } from '../model-traits.js';
import type { Arrival, Cutting, EmbeddingQueue, Reading } from '../scheduling/embedding-queue.port.js';
import type { InferenceArbiter } from '../scheduling/inference-arbiter.js';
import type { Flow } from '../scheduling/text-scheduler.js';
import { allOrNone } from './all-or-none.js';
import type { InferenceObserver } from './inference/inference-observer.port.js';
import { InferencePool } from './inference/inference-pool.js';
import type { ScaledText } from './inference/pending-text.js';
import { cardLines, spaceOfCard, traitsOfCard } from './model/card/card-summary.js';
import type { ModelCard } from './model/card/model-card.js';
import type { TokenizedText, TokenizerFiles } from './tokenization/tokenizer-messages.js';
import { Tokenizer } from './tokenization/tokenizer.js';

/**
 * While callers come, one may have to wait until a running group of a job ends. With 64 tokens that takes a few
 * milliseconds, and makes jobs 5 % slower.
 */
const BACKGROUND_GROUP_TOKENS = 64;
/** A vector computed this recently shows that inference works. */
const PROOF_MS = 30_000;

/** The share of the machine that a model has. */
export interface InferenceShare {
  /** The threads of each of its processes. */
  readonly threads: readonly number[];
  /** Threads of a text that comes alone; 1 = as many as every text. */
  readonly width: number;
  readonly arbiter: InferenceArbiter;
  readonly weight: number;
  /** Why it has these processes, in words. */
  readonly plan: string;
}

interface StartedModel {
  readonly settings: LocalEmbeddingSettings;
  readonly observer: InferenceObserver;
}

/** Computes vectors on this machine: a tokenizer thread, a scheduler, and inference processes. */
export class LocalEmbeddingQueue implements EmbeddingQueue<TokenizedText, ScaledText> {
  private computedAt: number | undefined;

  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  /** Whether the pooling leaves out the tokens of the prompt. */
  private readonly skipsPrompts: boolean;

  private readonly tokenizer: Tokenizer;
  private readonly pool: InferencePool;

  private constructor(
    card: ModelCard,
    { tokenizer, pool }: { readonly tokenizer: Tokenizer; readonly pool: InferencePool },
    private readonly plan: string,
  ) {
    this.tokenizer = tokenizer;
    this.pool = pool;
    this.space = spaceOfCard(card);
    this.traits = traitsOfCard(card);
    this.skipsPrompts = card.head.some((step) => step.type === 'pooling' && !step.includePrompt);
  }

  /** Rejects with a SettingsError when the model cannot be loaded. */
  static async start(card: ModelCard, { settings, observer }: StartedModel, share: InferenceShare): Promise<LocalEmbeddingQueue> {
    const files = { folder: card.folder, maxTokens: card.maxTokens, lowerCase: card.lowerCase };
    const slowBytes = Tokenizer.slowToOpen(files);
    if (slowBytes !== undefined) observer.tokenizerIsLarge(slowBytes);
    const [tokenizer, pool] = await allOrNone([startTokenizer(settings, files), startPool(card, { settings, observer }, share)]);
    observer.modelOpened(cardLines(card).map(([title, text]) => `${title}: ${text}`));
    return new LocalEmbeddingQueue(card, { tokenizer, pool }, share.plan);
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

  async prepare(texts: readonly string[], reading: Reading): Promise<readonly (readonly TokenizedText[])[]> {
    return await this.tokenizer.tokenize(texts, reading);
  }

  async cut(cutting: Cutting): Promise<PackedChunks> {
    return await this.tokenizer.cut(cutting);
  }

  submit(flow: Flow, texts: readonly TokenizedText[], { signal }: Arrival): readonly Promise<ScaledText>[] {
    const tokens = this.skipsPrompts ? texts : texts.map(({ ids }) => ({ ids, promptTokens: 0 }));
    return this.pool.submit(flow, tokens, signal);
  }

  embeddingOf({ tokens, inputTokens }: TokenizedText, { vector, length }: ScaledText): Embedding {
    if (!isUnitVector(vector)) throw new ServiceError('inference_failed', 'The model gave no usable vector for this text.');
    this.computedAt = performance.now();
    return { vector, length, tokens, inputTokens, cached: false };
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
    return { ...this.pool.processCounts, state: 'loaded', plan: this.plan };
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.tokenizer.close();
  }
}

async function startPool(card: ModelCard, { settings, observer }: StartedModel, share: InferenceShare): Promise<InferencePool> {
  const { threads, width, arbiter, weight } = share;
  try {
    return await InferencePool.start({
      card,
      threads,
      width,
      arbiter,
      weight,
      groupLimits: { maxBackgroundTokens: BACKGROUND_GROUP_TOKENS, maxTexts: settings.batchSize },
      timeoutMs: settings.inferenceTimeoutMs,
      maxGrowthBytes: settings.workerMemoryBytes,
      observer,
    });
  } catch (error) {
    throw cannotBeLoaded(settings, error);
  }
}

async function startTokenizer(settings: LocalEmbeddingSettings, files: TokenizerFiles): Promise<Tokenizer> {
  try {
    return await Tokenizer.open(files);
  } catch (error) {
    throw cannotBeLoaded(settings, error);
  }
}

function cannotBeLoaded(settings: LocalEmbeddingSettings, error: unknown): SettingsError {
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new SettingsError([faultOfModel(settings, ` cannot be loaded: ${reason}`)]);
}

/** False for a NaN, an infinity and all zeros; the tolerance covers the rounding of 384 to 4,096 float32 additions. */
function isUnitVector(vector: Float32Array): boolean {
  let squares = 0;
  for (let index = 0; index < vector.length; index++) squares += (vector[index] ?? 0) ** 2; // for...of would make an object for each number
  return Math.abs(squares - 1) < 1e-3;
}
