import type { PackedChunks } from '../../chunks/index.js';
import { faultOfModel, SettingsError, type OpenAiEmbeddingSettings } from '../../config/index.js';
import type { Embedding, Priority, ProcessCounts, Workload } from '../embedding-provider.port.js';
import { embeddingSpace, type EmbeddingSpace } from '../embedding-space.js';
import { knownModel as knownOpenModel } from '../local/model/known-models.js';
import { NO_SMALLER_SIZES, type ModelTraits, type OutputSizes } from '../model-traits.js';
import { Prompts } from '../prompts.js';
import type { Arrival, Cutting, EmbeddingQueue, Reading } from '../scheduling/embedding-queue.port.js';
import type { Flow } from '../scheduling/text-scheduler.js';
import type { CountedText, TokenCounter } from './counted-text.js';
import { knownModel } from './known-models.js';
import { OpenAiUpstream } from './openai-upstream.js';
import { ResilientUpstream } from './resilient-upstream.js';
import { openTokenCounter } from './token-counter.js';
import { toServiceError } from './upstream-answers.js';
import { UpstreamError } from './upstream-error.js';
import { upstreamModel, type UpstreamModel } from './upstream-model.js';
import type { UpstreamObserver } from './upstream-observer.port.js';
import { UpstreamQueue } from './upstream-queue.js';
import type { UpstreamEmbedding } from './upstream-text.js';

const FIRST_TEXT = 'How many dimensions?';

/** Has vectors computed by OpenAI, or by another service with its API; nothing is computed on this machine. */
export class OpenAiEmbeddingQueue implements EmbeddingQueue<CountedText, UpstreamEmbedding> {
  private constructor(
    readonly space: EmbeddingSpace,
    readonly traits: ModelTraits,
    private readonly counter: TokenCounter,
    private readonly upstream: ResilientUpstream,
    private readonly queue: UpstreamQueue,
  ) {}

  /** Asks the upstream nothing, unless only the upstream knows how many dimensions its model has. */
  static async start(settings: OpenAiEmbeddingSettings, observer: UpstreamObserver): Promise<OpenAiEmbeddingQueue> {
    const model = upstreamModel(settings);
    const dimensions = model.dimensions ?? (await askDimensions(settings, model, observer));
    const { maxRetries, concurrency, maxInputsPerCall: maxTextsPerCall, maxTokensPerCall, timeoutMs } = settings;
    const upstream = new ResilientUpstream(new OpenAiUpstream(settings, { ...model, dimensions }), { maxRetries, observer });
    const queue = new UpstreamQueue({ upstream, observer, concurrency, maxTextsPerCall, maxTokensPerCall, timeoutMs });
    const counter = await openTokenCounter({ maxTokens: model.maxTokens });
    return new OpenAiEmbeddingQueue(spaceOf(settings, model, dimensions), traitsOf(settings), counter, upstream, queue);
  }

  get waitingMs(): number {
    return this.queue.waitingMs;
  }

  waitingTextsOf(priority: Priority): number {
    return this.queue.waitingTextsOf(priority);
  }

  openFlow(priority: Priority): Flow {
    return this.queue.openFlow(priority);
  }

  async prepare(texts: readonly string[], reading: Reading): Promise<readonly (readonly CountedText[])[]> {
    return await this.counter.work(texts, reading);
  }

  async cut(cutting: Cutting): Promise<PackedChunks> {
    return await this.counter.cut(cutting);
  }

  submit(flow: Flow, texts: readonly CountedText[], arrival: Arrival): readonly Promise<UpstreamEmbedding>[] {
    return this.queue.submit(flow, texts, arrival);
  }

  /** The upstream counts tokens in its own way; its count is the one that is reported. */
  embeddingOf(text: CountedText, { vector, tokens, truncated }: UpstreamEmbedding): Embedding {
    const wasCut = truncated || text.inputTokens > text.tokens;
    return { vector, tokens, inputTokens: wasCut ? Math.max(text.inputTokens, tokens + 1) : tokens, cached: false };
  }

  isProven(): boolean {
    return this.upstream.isProven();
  }

  workload(): Workload {
    return this.queue.workload;
  }

  longestWaitMs(priority: Priority): number {
    return this.queue.longestWaitMs(priority);
  }

  processCounts(): ProcessCounts {
    return { starting: 0, idle: 0, busy: 0, loadedBytes: 0, state: 'loaded', plan: undefined };
  }

  async close(): Promise<void> {
    await this.queue.close();
    await this.counter.close();
  }
}

/**
 * The upstream's address is part of the space, because the same name elsewhere may be another model. Its dtype,
 * pooling and prompt are not known here.
 */
function spaceOf(settings: OpenAiEmbeddingSettings, { name: model, maxTokens }: UpstreamModel, dimensions: number): EmbeddingSpace {
  return embeddingSpace({
    provider: 'openai',
    model,
    revision: settings.baseUrl,
    dtype: 'upstream',
    pooling: 'upstream',
    normalization: 'l2',
    prompt: settings.prompts === undefined ? '' : JSON.stringify(settings.prompts),
    maxTokens,
    dimensions,
  });
}

function traitsOf({ model, prompts }: OpenAiEmbeddingSettings): ModelTraits {
  return { pooling: 'upstream', prompts: prompts === undefined ? Prompts.NONE : new Prompts(prompts, undefined), sizes: sizesOf(model) };
}

/** The facts about OpenAI's models, and about open models that another service serves. */
function sizesOf(model: string): OutputSizes {
  if (knownModel(model)?.shortens === true) return { ...NO_SMALLER_SIZES, smaller: { least: 1 } };
  const { smaller = [], layerNormFirst = false } = knownOpenModel(model) ?? {};
  return { smaller, layerNormFirst };
}

async function askDimensions(settings: OpenAiEmbeddingSettings, model: UpstreamModel, observer: UpstreamObserver): Promise<number> {
  const upstream = new ResilientUpstream(new OpenAiUpstream(settings, model), { maxRetries: settings.maxRetries, observer });
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new UpstreamError('timeout', 'No answer')), settings.timeoutMs);
  try {
    const { vectors } = await upstream.embed([FIRST_TEXT], {
      signal: controller.signal,
      deadline: performance.now() + settings.timeoutMs,
    });
    return vectors[0]?.length ?? 0;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError([
      faultOfModel(
        settings,
        ` has dimensions that only the provider knows: set ${settings.names.dimensions}, or fix what failed when the provider was asked: ` +
          `${toServiceError(error).message} ${reason}`,
      ),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
