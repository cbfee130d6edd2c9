import type { PackedChunks } from '../../chunks/index.js';
import { ServiceError } from '../../errors/index.js';
import type { Embedding, Priority, ProcessCounts, Workload } from '../embedding-provider.port.js';
import type { EmbeddingSpace } from '../embedding-space.js';
import type { ModelTraits } from '../model-traits.js';
import type { Arrival, ComputedText, Cutting, EmbeddingQueue, PreparedText, Reading } from '../scheduling/embedding-queue.port.js';
import type { Flow } from '../scheduling/text-scheduler.js';
import { ModelLoader, type ModelLoaderOptions } from './model-loader.js';

/** The facts about a model that are known before it is loaded. */
export interface DescribedModel {
  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  /** See ProcessCounts. */
  readonly plan: string;
}

/**
 * A queue whose model is loaded when its first text comes, and closed when it was idle for a while. Texts wait for the model
 * before they are tokenized, so MAX_QUEUED_TEXTS bounds them too.
 */
export class LoadedOnUse<Text extends PreparedText, Computed extends ComputedText> implements EmbeddingQueue<Text, Computed> {
  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  private readonly plan: string;
  /** Whether the model stays loaded. */
  private readonly isKept: boolean;
  private readonly loader: ModelLoader<EmbeddingQueue<Text, Computed>>;
  /** Texts of queues that were closed. */
  private earlier = { completed: 0, failed: 0 };

  constructor({ space, traits, plan }: DescribedModel, options: ModelLoaderOptions<EmbeddingQueue<Text, Computed>>) {
    this.space = space;
    this.traits = traits;
    this.plan = plan;
    this.loader = new ModelLoader({ ...options, onUnload: (queue) => this.remember(queue.workload()) });
    this.isKept = options.keepLoadedMs === undefined;
  }

  /** Loads the model before it is used. Rejects with the reason why it cannot. */
  async load(): Promise<void> {
    await this.loader.load();
  }

  get waitingMs(): number {
    return this.loader.loaded?.waitingMs ?? this.loader.waitingMs;
  }

  waitingTextsOf(priority: Priority): number {
    return this.loader.loaded?.waitingTextsOf(priority) ?? 0;
  }

  /** The place in line that a queue gives to texts that come now is the one that it gives when they are submitted. */
  openFlow(priority: Priority): Flow {
    return { priority, due: 0 };
  }

  async prepare(texts: readonly string[], reading: Reading): Promise<readonly (readonly Text[])[]> {
    return await this.loader.use(async (queue) => await queue.prepare(texts, reading));
  }

  async cut(cutting: Cutting): Promise<PackedChunks> {
    return await this.loader.use(async (queue) => await queue.cut(cutting));
  }

  submit(flow: Flow, texts: readonly Text[], arrival: Arrival): readonly Promise<Computed>[] {
    const queue = this.loader.loaded;
    if (queue === undefined) return texts.map(() => Promise.reject(unloaded()));
    const results = queue.submit(flow, texts, arrival);
    this.loader.keepFor(Promise.allSettled(results));
    return results;
  }

  embeddingOf(text: Text, computed: Computed): Embedding {
    const queue = this.loader.loaded;
    if (queue === undefined) throw unloaded();
    return queue.embeddingOf(text, computed);
  }

  /** A probe of readiness must not load the model, nor keep it loaded. It only tries a model again that could not be loaded. */
  isProven(): boolean {
    const queue = this.loader.loaded;
    return queue !== undefined && this.isKept ? queue.isProven() : this.loader.state !== 'failed';
  }

  workload(): Workload {
    const { waiting = 0, active = 0, delayed = 0, completed = 0, failed = 0 } = this.loader.loaded?.workload() ?? {};
    return { waiting, active, delayed, completed: this.earlier.completed + completed, failed: this.earlier.failed + failed };
  }

  longestWaitMs(priority: Priority): number {
    return this.loader.loaded?.longestWaitMs(priority) ?? 0;
  }

  processCounts(): ProcessCounts {
    const { starting = 0, idle = 0, busy = 0, loadedBytes = 0 } = this.loader.loaded?.processCounts() ?? {};
    return { starting, idle, busy, loadedBytes, state: this.loader.state, plan: this.plan };
  }

  async close(): Promise<void> {
    await this.loader.close();
  }

  private remember({ completed, failed }: Workload): void {
    this.earlier = { completed: this.earlier.completed + completed, failed: this.earlier.failed + failed };
  }
}

function unloaded(): ServiceError {
  return new ServiceError('unavailable', 'The model was unloaded meanwhile; try again.', { retryAfterSeconds: 1 });
}
