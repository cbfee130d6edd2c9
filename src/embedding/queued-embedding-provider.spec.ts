import { ServiceError } from '../errors/index.js';
import type { Embedding, EmbedOptions, Priority, ProcessCounts, Workload } from './embedding-provider.port.js';
import { NO_SMALLER_SIZES } from './model-traits.js';
import { Prompts } from './prompts.js';
import { embeddingSpace } from './embedding-space.js';
import { QueuedEmbeddingProvider } from './queued-embedding-provider.js';
import type { ComputedText, CutOff, Reading, EmbeddingQueue, PreparedText } from './scheduling/embedding-queue.port.js';
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
  readonly cutOffs: CutOff[] = [];
  fault: Error | undefined;
  private readonly waiting: { readonly resolve: (text: ComputedText) => void }[] = [];

  waitingTextsOf(priority: Priority): number {
    return priority === 'interactive' ? this.waiting.length : 0;
  }

  openFlow(priority: Priority): Flow {
    return { priority, due: 0 };
  }

  async prepare(texts: readonly string[], { cutOff }: Reading): Promise<readonly FakeText[]> {
    if (this.fault !== undefined) throw this.fault;
    this.cutOffs.push(cutOff);
    const counts = texts.map((text) => text.split(' ').length);
    return await Promise.resolve(
      texts.map((text, index) => ({ text, inputTokens: counts[index] ?? 0, tokens: Math.min(MOST_TOKENS, counts[index] ?? 0) })),
    );
  }

  submit(_flow: Flow, texts: readonly FakeText[]): readonly Promise<ComputedText>[] {
    this.submitted.push(...texts.map(({ text }) => text));
    return texts.map(() => new Promise((resolve) => this.waiting.push({ resolve })));
  }

  embeddingOf({ tokens, inputTokens }: FakeText, { vector }: ComputedText): Embedding {
    return { vector, tokens, inputTokens, cached: false };
  }

  computeAll(): void {
    for (const { resolve } of this.waiting.splice(0)) resolve({ vector: new Float32Array([1]), queueMs: 5, computeMs: 7 });
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
    return { starting: 0, idle: 1, busy: 0 };
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
    expect(queue.cutOffs).toEqual(['start', 'end']);
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
});
