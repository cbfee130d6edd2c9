import { ServiceError } from '../errors/index.js';
import type { EmbedOptions } from './embedding-provider.port.js';
import { QueuedEmbeddingProvider } from './queued-embedding-provider.js';
import { FakeQueue, MOST_TOKENS, type FakeText } from './scheduling/embedding-queue.fake.js';
import type { ComputedText } from './scheduling/embedding-queue.port.js';
import { StageTimes } from './stage-times.js';

const MOST_QUEUED = 3;

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
