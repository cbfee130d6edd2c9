import type { PackedChunks } from '../chunks/index.js';
import { ServiceError } from '../errors/index.js';
import type { Embedding, EmbedOptions, Priority, ProcessCounts, Workload } from './embedding-provider.port.js';
import { NO_SMALLER_SIZES } from './model-traits.js';
import { Prompts } from './prompts.js';
import { embeddingSpace } from './embedding-space.js';
import { QueuedEmbeddingProvider } from './queued-embedding-provider.js';
import type { ComputedText, Cutting, Reading, EmbeddingQueue, PreparedText } from './scheduling/embedding-queue.port.js';
import type { Flow } from './scheduling/text-scheduler.js';
import { StageTimes } from './stage-times.js';

const MOST_TOKENS = 4;
const MOST_QUEUED = 3;

interface FakeText extends PreparedText {
  readonly text: string;
}

/** A token a word; computes a text when the test says so. */
class FakeQueue implements EmbeddingQueue<FakeText, ComputedText> {
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
    return { starting: 0, idle: 1, busy: 0, loadedBytes: 0 };
  }

  async close(): Promise<void> {}
}

function subject(): { queue: FakeQueue; provider: QueuedEmbeddingProvider<FakeText, ComputedText> } {
  const queue = new FakeQueue();
  return { queue, provider: new QueuedEmbeddingProvider(queue, MOST_QUEUED) };
}

function options(own: Partial<EmbedOptions> = {}): EmbedOptions {
  return { signal: new AbortController().signal, priority: 'interactive', cacheUse: 'normal', stages: new StageTimes(), ...own };
}

/** All that is prepared without waiting for a clock. */
const prepared = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('QueuedEmbeddingProvider', () => {
  it('gives each text its embedding, and reports the time of waiting and computing', async () => {
    const { queue, provider } = subject();
    const stages = new StageTimes();
    const embeddings = provider.embed(['a b', 'a b c d e'], options({ stages }));
    await prepared();
    queue.computeAll();
    expect(await Promise.all(embeddings)).toMatchObject([
      { tokens: 2, inputTokens: 2 },
      { tokens: 4, inputTokens: 5 },
    ]);
    expect(stages).toMatchObject({ queue: 5, inference: 7 });
  });

  it('refuses texts beyond MAX_QUEUED_TEXTS, and says when to try again', async () => {
    const { queue, provider } = subject();
    const first = provider.embed(['a', 'b'], options());
    const refused = provider.embed(['c', 'd'], options());
    await expect(Promise.all(refused)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 3 });
    await prepared();
    queue.computeAll();
    await Promise.all(first);
    const again = provider.embed(['c', 'd'], options());
    await prepared();
    queue.computeAll();
    await expect(Promise.all(again)).resolves.toHaveLength(2);
  });

  it('accepts background texts beyond that bound, and counts them as waiting before they are in the queue', async () => {
    const { queue, provider } = subject();
    const embeddings = provider.embed(['a', 'b', 'c', 'd'], options({ priority: 'background' }));
    expect(provider.workload().waiting).toBe(4);
    await prepared();
    queue.computeAll();
    await expect(Promise.all(embeddings)).resolves.toHaveLength(4);
    expect(provider.workload().waiting).toBe(0);
  });

  it('neither submits nor charges a text that is too long when its caller wants nothing cut', async () => {
    const { queue, provider } = subject();
    const reserved: number[] = [];
    const budget = { reserve: async (tokens: number) => void reserved.push(await Promise.resolve(tokens)) } as unknown as NonNullable<
      EmbedOptions['budget']
    >;
    const [short, long] = provider.embed(['a b', 'a b c d e'], options({ truncate: 'error', budget }));
    await expect(long).rejects.toMatchObject({ code: 'text_too_long' });
    queue.computeAll();
    await expect(short).resolves.toMatchObject({ tokens: 2 });
    expect({ submitted: queue.submitted, reserved }).toEqual({ submitted: ['a b'], reserved: [2] });
  });

  it('cuts off the end that the caller names', async () => {
    const { queue, provider } = subject();
    const embeddings = [...provider.embed(['a'], options({ truncate: 'start' })), ...provider.embed(['a'], options())];
    await prepared();
    queue.computeAll();
    await Promise.all(embeddings);
    expect(queue.fits).toEqual(['start', 'end']);
  });

  describe('asked for the mean of windows', () => {
    it('weighs the vectors of the windows by their tokens, and charges all of them', async () => {
      const { queue, provider } = subject();
      const reserved: number[] = [];
      const budget = { reserve: async (tokens: number) => void reserved.push(await Promise.resolve(tokens)) } as unknown as NonNullable<
        EmbedOptions['budget']
      >;
      const [embedding] = provider.embed(['a b c d e'], options({ truncate: 'mean', budget }));
      await prepared();
      queue.computeAll([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
      const length = Math.hypot(0.8, 0.2);
      expect(await embedding).toMatchObject({ tokens: 5, inputTokens: 5, windows: 2 });
      expect((await embedding)?.vector).toEqual(Float32Array.of(0.8 / length, 0.2 / length));
      expect({ submitted: queue.submitted, reserved, fits: queue.fits }).toEqual({
        submitted: ['a b c d', 'e'],
        reserved: [5],
        fits: ['windows'],
      });
    });

    it('counts each window as a text that waits', async () => {
      const { queue, provider } = subject();
      const first = provider.embed(['a b c d e'], options({ truncate: 'mean' }));
      await prepared();
      const refused = provider.embed(['a b c d e'], options({ truncate: 'mean' }));
      await expect(refused[0]).rejects.toMatchObject({ code: 'overloaded' });
      queue.computeAll();
      await Promise.all(first);
      expect(provider.workload().waiting).toBe(0);
    });

    it('refuses texts with more windows than may ever wait, but not those of a job', async () => {
      const { queue, provider } = subject();
      const text = Array.from({ length: MOST_QUEUED * MOST_TOKENS + 1 }, () => 'a').join(' ');
      await expect(provider.embed([text], options({ truncate: 'mean' }))[0]).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringContaining('have 4 windows of 4 tokens, and a request may have 3 (MAX_QUEUED_TEXTS)') as string,
      });
      expect(queue.submitted).toEqual([]);
      const background = provider.embed([text], options({ truncate: 'mean', priority: 'background' }));
      await prepared();
      queue.computeAll();
      expect(await background[0]).toMatchObject({ windows: 4 });
    });
  });

  it('submits nothing when the budget refuses', async () => {
    const { queue, provider } = subject();
    const refusal = new ServiceError('token_limited', 'no more');
    const budget = { reserve: () => Promise.reject(refusal) } as unknown as NonNullable<EmbedOptions['budget']>;
    await expect(provider.embed(['a'], options({ budget }))[0]).rejects.toBe(refusal);
    expect(queue.submitted).toEqual([]);
  });

  it('fails the texts, not the process, when the tokenizer fails', async () => {
    const { queue, provider } = subject();
    queue.fault = new Error('broken');
    await expect(provider.embed(['a'], options())[0]).rejects.toMatchObject({ code: 'inference_failed' });
    expect(provider.workload().waiting).toBe(0);
  });

  it('cuts a document with the prompt of its input type', async () => {
    const queue = new FakeQueue();
    const provider = new QueuedEmbeddingProvider(queue, MOST_QUEUED);
    const document = { title: 't', text: 'a' };
    expect(await provider.cut(document, { tokens: 4, overlap: 2 })).toEqual(Int32Array.of(0, 1, 0, 1));
    expect(queue.cuttings).toEqual([{ title: 't', text: 'a', tokens: 4, overlap: 2, prompt: '' }]);
  });

  it.each([
    [{ tokens: 0, overlap: 0 }, 'chunk.tokens must be a whole number from 1 to 4, the most that the model reads'],
    [{ tokens: 5, overlap: 0 }, 'chunk.tokens must be a whole number from 1 to 4, the most that the model reads'],
    [{ tokens: 1.5, overlap: 0 }, 'chunk.tokens must be a whole number from 1 to 4, the most that the model reads'],
    [{ tokens: 4, overlap: 3 }, 'chunk.overlap must be a whole number from 0 to 2, half of the tokens of a chunk'],
    [{ tokens: 4, overlap: -1 }, 'chunk.overlap must be a whole number from 0 to 2, half of the tokens of a chunk'],
  ])('refuses chunks of %j', async (size, message) => {
    const provider = new QueuedEmbeddingProvider(new FakeQueue(), MOST_QUEUED);
    await expect(provider.cut({ title: '', text: 'a' }, size)).rejects.toThrow(message);
  });
});
