import type { PackedChunks } from '../../chunks/index.js';
import type { Embedding, Priority, ProcessCounts, Workload } from '../embedding-provider.port.js';
import { embeddingSpace } from '../embedding-space.js';
import { NO_SMALLER_SIZES } from '../model-traits.js';
import { Prompts } from '../prompts.js';
import type { ComputedText, Cutting, EmbeddingQueue, PreparedText, Reading } from './embedding-queue.port.js';
import type { Flow } from './text-scheduler.js';

export const MOST_TOKENS = 4;

export interface FakeText extends PreparedText {
  readonly text: string;
}

/** A token a word; computes a text when the test says so. */
export class FakeQueue implements EmbeddingQueue<FakeText, ComputedText> {
  readonly space = embeddingSpace({
    provider: 'local',
    model: 'fake',
    revision: '1',
    dtype: 'fp32',
    pooling: 'mean',
    normalization: 'l2',
    prompt: '',
    maxTokens: MOST_TOKENS,
    dimensions: 1,
  });
  readonly traits = { pooling: 'mean', prompts: Prompts.NONE, sizes: NO_SMALLER_SIZES };
  readonly waitingMs = 2500;
  readonly submitted: string[] = [];
  readonly fits: Reading['fit'][] = [];
  readonly cuttings: Cutting[] = [];
  fault: Error | undefined;
  isClosed = false;
  private readonly waiting: { readonly resolve: (text: ComputedText) => void }[] = [];

  waitingTextsOf(priority: Priority): number {
    return priority === 'interactive' ? this.waiting.length : 0;
  }

  openFlow(priority: Priority): Flow {
    return { priority, due: 0 };
  }

  cut({ prompt, ...document }: Cutting): Promise<PackedChunks> {
    this.cuttings.push({ prompt, ...document });
    return Promise.resolve(Int32Array.of(0, 1, 0, 1));
  }

  async prepare(texts: readonly string[], { fit }: Reading): Promise<readonly (readonly FakeText[])[]> {
    if (this.fault !== undefined) throw this.fault;
    this.fits.push(fit);
    return await Promise.resolve(
      texts.map((text) => {
        const words = text.split(' ');
        const most = Math.min(MOST_TOKENS, words.length);
        if (fit !== 'windows') return [{ text, inputTokens: words.length, tokens: most, ownTokens: most }];
        const windows = Array.from({ length: Math.ceil(words.length / MOST_TOKENS) }, (_, index) =>
          words.slice(index * MOST_TOKENS, (index + 1) * MOST_TOKENS),
        );
        return windows.map((part) => ({
          text: part.join(' '),
          inputTokens: part.length,
          tokens: part.length,
          ownTokens: part.length,
        }));
      }),
    );
  }

  submit(_flow: Flow, texts: readonly FakeText[]): readonly Promise<ComputedText>[] {
    this.submitted.push(...texts.map(({ text }) => text));
    return texts.map(() => new Promise((resolve) => this.waiting.push({ resolve })));
  }

  embeddingOf({ tokens, inputTokens }: FakeText, { vector }: ComputedText): Embedding {
    return { vector, tokens, inputTokens, cached: false };
  }

  computeAll(vectors: readonly Float32Array<ArrayBuffer>[] = []): void {
    this.waiting
      .splice(0)
      .forEach(({ resolve }, index) => resolve({ vector: vectors[index] ?? new Float32Array([1]), queueMs: 5, computeMs: 7 }));
  }

  isProven(): boolean {
    return true;
  }

  workload(): Workload {
    return { waiting: this.waiting.length, active: 0, delayed: 0, completed: 0, failed: 0 };
  }

  longestWaitMs(): number {
    return 0;
  }

  processCounts(): ProcessCounts {
    return { starting: 0, idle: 1, busy: 0, loadedBytes: 0, state: 'loaded', plan: undefined };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.resolve();
  }
}
