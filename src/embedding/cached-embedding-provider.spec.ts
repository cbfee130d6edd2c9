import * as fc from 'fast-check';
import { MemoryByteCache } from '../cache/index.js';
import { CachedEmbeddingProvider } from './cached-embedding-provider.js';
import { callerOptions, fakeEmbedding, FakeEmbeddingProvider } from './embedding-provider.fake.js';
import { TRUNCATIONS, type Embedding, type EmbeddingProvider, type EmbedOptions } from './embedding-provider.port.js';
import type { ServiceError } from '../errors/index.js';
import { Prompts } from './prompts.js';
import { embeddingKey } from './stored-embedding.js';

interface Subject {
  readonly fake: FakeEmbeddingProvider;
  readonly cache: MemoryByteCache;
  readonly provider: EmbeddingProvider;
}

function cachedProvider(): Subject {
  const fake = new FakeEmbeddingProvider();
  const cache = new MemoryByteCache({ maxBytes: 1_000_000, ttlMs: 60_000 });
  return { fake, cache, provider: new CachedEmbeddingProvider(fake, cache) };
}

async function embedAll(
  { provider }: Subject,
  texts: readonly string[],
  options: Partial<EmbedOptions> = {},
): Promise<readonly Embedding[]> {
  return await Promise.all(provider.embed(texts, callerOptions(options)));
}

/** Every promise and callback that can run has run. */
function everythingIsQuiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A signal that is not aborted. If it is asked endlessly, it fails the test instead of hanging it. */
function signalOfCallerWhoStays(): AbortSignal {
  const { signal } = new AbortController();
  let asked = 0;
  Object.defineProperty(signal, 'aborted', {
    get: () => {
      if (++asked > 100) throw new Error('asks again and again without letting anything else run');
      return false;
    },
  });
  return signal;
}

describe('CachedEmbeddingProvider', () => {
  it('embeds only the texts that were not cached', async () => {
    const subject = cachedProvider();
    await embedAll(subject, ['a', 'b']);
    await embedAll(subject, ['a', 'c', 'b', 'd']);
    expect(subject.fake.calls).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('does not ask the provider at all when everything is cached', async () => {
    const subject = cachedProvider();
    await embedAll(subject, ['a']);
    await embedAll(subject, ['a']);
    expect(subject.fake.calls).toHaveLength(1);
  });

  it('embeds a text that occurs twice in a call once', async () => {
    const subject = cachedProvider();
    const [first, , second] = await embedAll(subject, ['a', 'b', 'a']);
    expect(subject.fake.calls).toEqual([['a', 'b']]);
    expect(second).toEqual(first);
  });

  it('embeds a text that two calls ask for at the same time once', async () => {
    const subject = cachedProvider();
    const results = await Promise.all([embedAll(subject, ['a']), embedAll(subject, ['b', 'a'])]);
    expect(subject.fake.calls.flat().sort()).toEqual(['a', 'b']);
    expect(results[1][1]).toEqual(results[0][0]);
  });

  it('answers in the order of the texts, cached or not', async () => {
    const subject = cachedProvider();
    await embedAll(subject, ['b', 'd']);
    const embeddings = await embedAll(subject, ['a', 'b', 'c', 'd', 'e']);
    expect(embeddings.map(({ vector }) => vector)).toEqual(['a', 'b', 'c', 'd', 'e'].map((text) => fakeEmbedding(text).vector));
  });

  it('reports which texts came from the cache', async () => {
    const subject = cachedProvider();
    await embedAll(subject, ['b']);
    const embeddings = await embedAll(subject, ['a', 'b']);
    expect(embeddings.map(({ cached }) => cached)).toEqual([false, true]);
  });

  it('keeps the token counts with the vector', async () => {
    const subject = cachedProvider();
    const [computed] = await embedAll(subject, ['a long text']);
    const [stored] = await embedAll(subject, ['a long text']);
    expect(computed).toEqual(fakeEmbedding('a long text'));
    expect(stored).toEqual({ ...computed, cached: true });
  });

  it('answers a call only when its computed vectors are stored', async () => {
    const subject = cachedProvider();
    await embedAll(subject, ['a', 'b']);
    expect(await subject.cache.size()).toMatchObject({ entries: 2 });
  });

  it('computes a text again if its stored vector cannot be read', async () => {
    const subject = cachedProvider();
    await subject.cache.setMany([{ key: embeddingKey(subject.fake.space.fingerprint, 'a'), value: new Uint8Array(3) }]);
    const [embedding] = await embedAll(subject, ['a']);
    expect(embedding).toEqual(fakeEmbedding('a'));
  });

  it('closes the provider that it decorates', async () => {
    const { provider, fake } = cachedProvider();
    await provider.close();
    expect(fake.isClosed).toBe(true);
  });

  describe('asked to refresh', () => {
    it('computes a cached text again and stores it', async () => {
      const subject = cachedProvider();
      await embedAll(subject, ['a']);
      await subject.cache.clear();
      const [refreshed] = await embedAll(subject, ['a'], { cacheUse: 'refresh' });
      const [afterwards] = await embedAll(subject, ['a']);
      expect(subject.fake.calls).toEqual([['a'], ['a']]);
      expect([refreshed?.cached, afterwards?.cached]).toEqual([false, true]);
    });

    it('does not join a call that computes the same text', async () => {
      const subject = cachedProvider();
      await Promise.all([embedAll(subject, ['a']), embedAll(subject, ['a'], { cacheUse: 'refresh' })]);
      expect(subject.fake.calls).toEqual([['a'], ['a']]);
    });
  });

  describe('asked not to store', () => {
    it('stores nothing that it computes', async () => {
      const subject = cachedProvider();
      await embedAll(subject, ['a'], { cacheUse: 'skip-store' });
      expect(await subject.cache.size()).toMatchObject({ entries: 0 });
    });

    it('uses stored vectors', async () => {
      const subject = cachedProvider();
      await embedAll(subject, ['a']);
      const [embedding] = await embedAll(subject, ['a'], { cacheUse: 'skip-store' });
      expect(embedding?.cached).toBe(true);
    });

    it('is not joined, because the call that may store computes for itself', async () => {
      const subject = cachedProvider();
      await Promise.all([embedAll(subject, ['a'], { cacheUse: 'skip-store' }), embedAll(subject, ['a'])]);
      expect(await subject.cache.size()).toMatchObject({ entries: 1 });
    });
  });

  describe('when a text fails', () => {
    it('fails that text alone', async () => {
      const { provider, fake } = cachedProvider();
      fake.fail('b');
      const results = await Promise.allSettled(provider.embed(['a', 'b', 'c'], callerOptions()));
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    });

    it('stores the others and tries that text again the next time', async () => {
      const subject = cachedProvider();
      subject.fake.fail('b');
      await Promise.allSettled(subject.provider.embed(['a', 'b'], callerOptions()));
      subject.fake.recover('b');
      await embedAll(subject, ['a', 'b']);
      expect(subject.fake.calls).toEqual([['a', 'b'], ['b']]);
    });

    it('fails every call that joined it', async () => {
      const { provider, fake } = cachedProvider();
      fake.fail('a');
      const results = await Promise.allSettled([...provider.embed(['a'], callerOptions()), ...provider.embed(['a'], callerOptions())]);
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(fake.calls).toEqual([['a']]);
    });

    it('leaves no rejection unhandled, even if a call names the text several times', async () => {
      const { provider, fake } = cachedProvider();
      fake.fail('a');
      const calls = [provider.embed(['a', 'a'], callerOptions()), provider.embed(['a', 'a'], callerOptions())];
      const results = await Promise.allSettled(calls.flat());
      await everythingIsQuiet(); // Jest fails the test for an unhandled rejection
      expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    });
  });

  describe('when a caller goes away', () => {
    it('computes the text again for callers who joined', async () => {
      const { provider, fake } = cachedProvider();
      const owner = new AbortController();
      fake.hold('a');
      const own = provider.embed(['a'], callerOptions({ signal: owner.signal }));
      const joined = provider.embed(['a'], callerOptions());
      await everythingIsQuiet();
      owner.abort();
      fake.release('a');
      const [mine, theirs] = await Promise.allSettled([...own, ...joined]);
      expect(mine).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
      expect(theirs).toMatchObject({ status: 'fulfilled', value: fakeEmbedding('a') });
    });

    it('does so too while another text of that caller is still being computed', async () => {
      const { provider, fake } = cachedProvider();
      const owner = new AbortController();
      fake.hold('a');
      fake.computeWhateverTheCaller('b');
      fake.hold('b');
      const own = provider.embed(['a', 'b'], callerOptions({ signal: owner.signal }));
      const joined = provider.embed(['a'], callerOptions({ signal: signalOfCallerWhoStays() }));
      await everythingIsQuiet();
      owner.abort();
      fake.release('a');
      const settled = Promise.allSettled([...own, ...joined]);
      await everythingIsQuiet();
      fake.release('b');
      expect((await settled)[2]).toMatchObject({ status: 'fulfilled', value: fakeEmbedding('a') });
    });

    it('fails a caller who joined and also went away', async () => {
      const { provider, fake } = cachedProvider();
      const both = new AbortController();
      fake.hold('a');
      const results = [1, 2].flatMap(() => provider.embed(['a'], callerOptions({ signal: both.signal })));
      await everythingIsQuiet();
      both.abort();
      const settled = await Promise.allSettled(results);
      expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(fake.calls).toEqual([['a']]);
    });
  });

  it('answers as an uncached provider does, and computes each text once, for any calls in any order', async () => {
    const calls = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(calls, fc.boolean(), async (batches, together) => {
        const subject = cachedProvider();
        const answers: (readonly Embedding[])[] = [];
        if (together) answers.push(...(await Promise.all(batches.map((texts) => embedAll(subject, texts)))));
        else for (const texts of batches) answers.push(await embedAll(subject, texts));

        const vectors = answers.map((embeddings) => embeddings.map(({ vector }) => vector));
        const computed = subject.fake.calls.flat();
        expect(vectors).toEqual(batches.map((texts) => texts.map((text) => fakeEmbedding(text).vector)));
        expect(computed.sort()).toEqual([...new Set(batches.flat())].sort());
      }),
      { seed: 20_262, numRuns: 200 },
    );
  });
});

describe('a text that is too long', () => {
  const LONG = 'abcdefghij';

  async function codeOf(promise: Promise<unknown> | undefined): Promise<unknown> {
    return await (promise ?? Promise.resolve()).then(
      () => 'embedded',
      (error: unknown) => (error as ServiceError).code,
    );
  }

  it('has one vector with its start cut off and another with its end cut off, computed and cached', async () => {
    const subject = cachedProvider();
    for (const cached of [false, true]) {
      expect(await embedAll(subject, [LONG], { truncate: 'end' })).toEqual([{ ...fakeEmbedding(LONG, 'end'), cached }]);
      expect(await embedAll(subject, [LONG], { truncate: 'start' })).toEqual([{ ...fakeEmbedding(LONG, 'start'), cached }]);
    }
    expect(fakeEmbedding(LONG, 'start').vector).not.toEqual(fakeEmbedding(LONG, 'end').vector);
  });

  it('is refused if nothing may be cut, also if it is cached with its end cut off', async () => {
    const subject = cachedProvider();
    const ask = () => subject.provider.embed(['a', LONG], callerOptions({ truncate: 'error' }));
    expect(await Promise.all(ask().map(codeOf))).toEqual(['embedded', 'text_too_long']);
    await embedAll(subject, [LONG], { truncate: 'end' });
    expect(await Promise.all(ask().map(codeOf))).toEqual(['embedded', 'text_too_long']);
  });

  it('is refused to one caller and cut for another who asks at the same time, in either order', async () => {
    for (const order of [['error', 'end'] as const, ['end', 'error'] as const]) {
      const subject = cachedProvider();
      const codes = order.map((truncate) => codeOf(subject.provider.embed([LONG], callerOptions({ truncate }))[0]));
      expect(await Promise.all(codes)).toEqual(order.map((truncate) => (truncate === 'error' ? 'text_too_long' : 'embedded')));
    }
  });

  it('has the mean of its windows under a key of its own, computed and cached', async () => {
    const subject = cachedProvider();
    const { windows, ...mean } = fakeEmbedding(LONG, 'mean');
    expect(windows).toBe(2);
    await embedAll(subject, [LONG], { truncate: 'end' });
    expect(await embedAll(subject, [LONG], { truncate: 'mean' })).toMatchObject([{ ...mean, cached: false }]);
    expect(await embedAll(subject, [LONG], { truncate: 'mean' })).toEqual([{ ...mean, cached: true }]);
    expect(await embedAll(subject, [LONG], { truncate: 'end' })).toEqual([{ ...fakeEmbedding(LONG, 'end'), cached: true }]);
    expect(subject.fake.calls).toHaveLength(2);
  });

  it.each(TRUNCATIONS)('that fits has one vector for all values of truncate, stored first for %s', async (first) => {
    const subject = cachedProvider();
    await embedAll(subject, ['abc'], { truncate: first });
    for (const truncate of TRUNCATIONS)
      expect(await embedAll(subject, ['abc'], { truncate })).toEqual([{ ...fakeEmbedding('abc'), cached: true }]);
    expect(await subject.cache.size()).toMatchObject({ entries: 1 });
  });
});

describe('the prompt of a text', () => {
  const prompts = new Prompts({ query: 'q:', document: '' }, undefined);

  function prompted(): Subject {
    const fake = new FakeEmbeddingProvider({ prompts });
    const cache = new MemoryByteCache({ maxBytes: 1_000_000, ttlMs: 60_000 });
    return { fake, cache, provider: new CachedEmbeddingProvider(fake, cache) };
  }

  it('is part of the key, so a query does not get the vector of a document', async () => {
    const subject = prompted();
    await embedAll(subject, ['a'], { inputType: 'document' });
    expect(await embedAll(subject, ['a'], { inputType: 'query' })).toEqual([fakeEmbedding('q:a')]);
    expect(await embedAll(subject, ['a'], { inputType: 'search_query' })).toEqual([{ ...fakeEmbedding('q:a'), cached: true }]);
    expect(subject.fake.calls).toEqual([['a'], ['a']]);
  });

  it('is shared by input types with the same prompt: a document without a prompt, and a text without an input type', async () => {
    const subject = prompted();
    await embedAll(subject, ['a'], { inputType: 'document' });
    expect(await embedAll(subject, ['a'])).toEqual([{ ...fakeEmbedding('a'), cached: true }]);
  });

  it('separates calls that are computed at the same time', async () => {
    const subject = prompted();
    const [query, document] = await Promise.all([
      embedAll(subject, ['a'], { inputType: 'query' }),
      embedAll(subject, ['a'], { inputType: 'document' }),
    ]);
    expect([query, document]).toEqual([[fakeEmbedding('q:a')], [fakeEmbedding('a')]]);
  });

  it('that the model does not have is refused at once', () => {
    expect(() => prompted().provider.embed(['a'], callerOptions({ inputType: 'nope' }))).toThrow(
      'input_type must be one of query, document',
    );
  });
});
