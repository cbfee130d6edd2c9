import { SettingsError, type OpenAiEmbeddingSettings } from '../../config/index.js';
import { ServiceError } from '../../errors/index.js';
import type { Embedding, EmbeddingProvider, EmbedOptions, Priority, ProcessCounts, Workload } from '../embedding-provider.port.js';
import { embeddingSpace, type EmbeddingSpace } from '../embedding-space.js';
import { textTooLong } from '../text-too-long.js';
import type { CountedText, TokenCounter } from './counted-text.js';
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

/** Has vectors computed by OpenAI, or by whoever speaks its API; nothing is computed on this machine. */
export class OpenAiEmbeddingProvider implements EmbeddingProvider {
  /** Admitted and not in the queue yet. */
  private readonly counting: Record<Priority, number> = { interactive: 0, background: 0 };

  private constructor(
    readonly space: EmbeddingSpace,
    private readonly settings: OpenAiEmbeddingSettings,
    private readonly counter: TokenCounter,
    private readonly upstream: ResilientUpstream,
    private readonly queue: UpstreamQueue,
  ) {}

  /** Asks the upstream nothing, unless only the upstream knows how many dimensions its model has. */
  static async start(settings: OpenAiEmbeddingSettings, observer: UpstreamObserver): Promise<OpenAiEmbeddingProvider> {
    const model = upstreamModel(settings);
    const dimensions = model.dimensions ?? (await askDimensions(settings, model, observer));
    const { maxRetries, concurrency, maxInputsPerCall: maxTextsPerCall, maxTokensPerCall, timeoutMs } = settings;
    const upstream = new ResilientUpstream(new OpenAiUpstream(settings, { ...model, dimensions }), { maxRetries, observer });
    const queue = new UpstreamQueue({ upstream, observer, concurrency, maxTextsPerCall, maxTokensPerCall, timeoutMs });
    const counter = await openTokenCounter({ maxTokens: model.maxTokens });
    return new OpenAiEmbeddingProvider(spaceOf(settings, model, dimensions), settings, counter, upstream, queue);
  }

  embed(texts: readonly string[], options: EmbedOptions): readonly Promise<Embedding>[] {
    if (options.priority === 'interactive' && !this.hasRoomFor(texts.length)) return texts.map(() => Promise.reject(this.overloaded()));
    const submitted = this.submit(texts, options);
    return texts.map(async (_, index) => await finish((await submitted)[index], options));
  }

  isProven(): boolean {
    return this.upstream.isProven();
  }

  workload(): Workload {
    const { waiting, ...rest } = this.queue.workload;
    return { ...rest, waiting: waiting + this.counting.interactive + this.counting.background };
  }

  longestWaitMs(priority: Priority): number {
    return this.queue.longestWaitMs(priority);
  }

  processCounts(): ProcessCounts {
    return { starting: 0, idle: 0, busy: 0 };
  }

  async close(): Promise<void> {
    await this.queue.close();
    await this.counter.close();
  }

  private async submit(texts: readonly string[], options: EmbedOptions): Promise<readonly Submitted[]> {
    const { priority, signal, stages, truncate, budget } = options;
    const startedAt = performance.now();
    this.counting[priority] += texts.length;
    try {
      const counted = await this.counter.work(texts, truncate === 'start' ? 'start' : 'end');
      stages.atLeast('tokenize', performance.now() - startedAt);
      const taken = truncate === 'error' ? counted.filter((text) => !wasCut(text)) : counted;
      if (budget !== undefined) await budget.reserve(taken.reduce((sum, { tokens }) => sum + tokens, 0));
      const results = this.queue.submit(taken, { priority, signal, arrivedAt: startedAt });
      const resultOf = new Map(taken.map((text, index) => [text, results[index]]));
      return counted.map((text) => ({ text, result: resultOf.get(text) }));
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw new ServiceError('inference_failed', 'The tokens of the text could not be counted.', { cause: error });
    } finally {
      this.counting[priority] -= texts.length;
    }
  }

  /** As for the local provider: background texts are bounded by whoever submits them. */
  private hasRoomFor(texts: number): boolean {
    return this.counting.interactive + this.queue.waitingTextsOf('interactive') + texts <= this.settings.maxQueuedTexts;
  }

  private overloaded(): ServiceError {
    const { maxQueuedTexts } = this.settings;
    return new ServiceError('overloaded', `The queue is full (MAX_QUEUED_TEXTS=${maxQueuedTexts} texts); try again later.`, {
      retryAfterSeconds: Math.max(1, Math.ceil(this.queue.waitingMs / 1000)),
    });
  }
}

interface Submitted {
  readonly text: CountedText;
  /** Undefined = not asked for, since the text is too long and nothing of it may be cut. */
  readonly result: Promise<UpstreamEmbedding> | undefined;
}

async function finish(submitted: Submitted | undefined, { stages }: EmbedOptions): Promise<Embedding> {
  if (submitted === undefined) throw new Error('one result per text');
  const { text, result } = submitted;
  if (result === undefined) throw textTooLong(text.inputTokens, text.tokens);
  const { vector, tokens, truncated, queueMs, callMs } = await result;
  stages.atLeast('queue', queueMs, callMs);
  stages.atLeast('inference', callMs);
  return { vector, tokens, inputTokens: truncated || wasCut(text) ? Math.max(text.inputTokens, tokens + 1) : tokens, cached: false };
}

function wasCut({ tokens, inputTokens }: CountedText): boolean {
  return inputTokens > tokens;
}

/**
 * Where the upstream is belongs to the space: the same name elsewhere may be another model. Its dtype, pooling and
 * prompt are its own affair.
 */
function spaceOf(settings: OpenAiEmbeddingSettings, { name: model, maxTokens }: UpstreamModel, dimensions: number): EmbeddingSpace {
  return embeddingSpace({
    provider: 'openai',
    model,
    revision: settings.baseUrl,
    dtype: 'upstream',
    pooling: 'upstream',
    normalization: 'l2',
    prompt: '',
    maxTokens,
    dimensions,
  });
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
      `OPENAI_MODEL=${model.name} has dimensions that only the provider knows: set EMBEDDING_DIM, or mend what failed when it was asked: ` +
        `${toServiceError(error).message} ${reason}`,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
