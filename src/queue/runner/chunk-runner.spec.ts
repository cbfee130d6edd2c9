import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { ServiceError } from '../../errors/index.js';
import { resultsFromBytes, type ItemResult } from '../chunk-results.js';
import type { ChunkRef } from '../job.js';
import { newJobId } from '../job-id.js';
import { LmdbJobStore } from '../store/lmdb-job-store.js';
import { ChunkRunner, type RunnableModels } from './chunk-runner.js';
import { TryLater } from './job-queue.port.js';
import { FakeTextProvider, vectorOf } from './text-provider.fake.js';

const TEXTS = ['a', 'b', 'c', 'd'];

interface Counted {
  completed: number;
  failed: number;
  retried: number;
  split: number;
}

const stores: LmdbJobStore[] = [];

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

async function jobOf(texts: readonly string[], account = '', cacheScope: 'shared' | 'key' = 'shared') {
  const store = LmdbJobStore.open(temporaryFolder(), { now: Date.now, ttlMs: 60_000 });
  stores.push(store);
  const provider = new FakeTextProvider();
  const counted: Counted = { completed: 0, failed: 0, retried: 0, split: 0 };
  const observer = {
    textsDone: (completed: number, failed: number) => {
      counted.completed += completed;
      counted.failed += failed;
    },
    chunkRetried: () => void counted.retried++,
    chunkSplit: () => void counted.split++,
  };
  const id = newJobId(1);
  await store.create({ id, owner: '', account, kind: 'job' });
  await store.addChunk(
    id,
    0,
    texts.map((text) => ({ text })),
  );
  await store.submit({
    jobId: id,
    model: 'model',
    space: 'space',
    total: texts.length,
    idempotency: undefined,
    maxOpenJobs: 1,
    share: { jobs: 10, texts: 10 },
  });
  const runner = new ChunkRunner({ store, models: only(provider), cacheScope, observer, signal: new AbortController().signal });
  return { store, provider, counted, id, runner };
}

/** The only model, with the space of the job. */
function only(provider: FakeTextProvider): RunnableModels {
  return { ofSpace: (space) => (space === 'space' ? { provider } : undefined) };
}

type Subject = Awaited<ReturnType<typeof jobOf>>;

/** Runs the chunks that are to do until there are none, or until `rounds` are over. Returns the delays that were asked for. */
async function work({ store, runner, id }: Subject, rounds = 50): Promise<readonly number[]> {
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [chunk] = await store.nextChunks(id, 1);
    if (chunk === undefined) break;
    await runner.run(chunk).catch((error: unknown) => {
      if (!(error instanceof TryLater)) throw error;
      delays.push(error.delayMs);
    });
  }
  return delays;
}

/** Acts as a process that takes the chunk and dies, at every try. */
async function endProcesses({ store }: Subject, chunk: ChunkRef): Promise<void> {
  for (let tries = 0; tries < 3;) tries = (await store.begin(chunk))?.tries ?? 3;
}

async function resultsOf({ store, id }: Subject): Promise<readonly ItemResult[]> {
  const results: ItemResult[] = [];
  for (let stored = await store.resultsAt(id, 0); stored !== undefined; stored = await store.resultsAt(id, results.length)) {
    const part = resultsFromBytes(stored.bytes).slice(results.length - stored.start);
    if (part.length === 0) break;
    results.push(...part);
  }
  return results;
}

describe('ChunkRunner', () => {
  it.each([
    ['key', 'me'],
    ['shared', ''],
  ] as const)('uses the cache of the key that submitted the texts, also for a batch, with CACHE_SCOPE=%s', async (scope, expected) => {
    const subject = await jobOf(['a'], 'me', scope);
    await work(subject);
    expect(subject.provider.cacheScopes).toEqual([expected]);
  });

  it('stores the vector of every text', async () => {
    const subject = await jobOf(TEXTS);
    expect(await work(subject)).toEqual([]);
    expect((await resultsOf(subject)).map((result) => 'vector' in result && result.vector)).toEqual(TEXTS.map((text) => vectorOf(text)));
    expect(subject.counted).toEqual({ completed: 4, failed: 0, retried: 0, split: 0 });
  });

  it('tries a failed chunk again, with growing delays, and stores it when it succeeds', async () => {
    const subject = await jobOf(TEXTS);
    subject.provider.fail('b', new ServiceError('inference_failed', 'b fails'));
    expect(await work(subject, 2)).toEqual([500, 1000]);
    subject.provider.recover('b');
    await work(subject);
    expect(await subject.store.get(subject.id)).toMatchObject({ status: 'completed', completed: 4, failed: 0 });
    expect(subject.counted).toMatchObject({ retried: 2, split: 0 });
  });

  it('halves a chunk that keeps failing until the failing text is alone, and stores its error', async () => {
    const subject = await jobOf(TEXTS);
    subject.provider.fail('b', new ServiceError('inference_failed', 'b fails', { cause: new Error('inside') }));
    await work(subject);
    const results = await resultsOf(subject);
    expect(results.map((result) => 'error' in result)).toEqual([false, true, false, false]);
    expect(results[1]).toEqual({ error: { code: 'inference_failed', message: 'b fails' } });
    expect(subject.counted).toEqual({ completed: 3, failed: 1, retried: 2, split: 2 });
  });

  it('hides the details of an unexpected error', async () => {
    const subject = await jobOf(['a']);
    subject.provider.fail('a', new Error('/etc/secret'));
    await work(subject);
    expect(JSON.stringify(await resultsOf(subject))).not.toContain('secret');
  });

  it('finds a text that kills its process every time in the same way', async () => {
    const subject = await jobOf(TEXTS);
    for (;;) {
      const [chunk] = await subject.store.nextChunks(subject.id, 1);
      if (chunk === undefined) break;
      const holdsPoison = chunk.start <= 2 && chunk.start + chunk.count > 2;
      if (holdsPoison) await endProcesses(subject, chunk);
      await subject.runner.run(chunk);
    }
    const results = await resultsOf(subject);
    expect(results.map((result) => 'error' in result)).toEqual([false, false, true, false]);
  });

  it.each(['overloaded', 'shutting_down', 'unavailable', 'upstream_unavailable', 'aborted'] as const)(
    'waits while the provider is %s, for any time',
    async (code) => {
      const subject = await jobOf(TEXTS);
      for (const text of TEXTS) subject.provider.fail(text, new ServiceError(code, 'not now'));
      expect(await work(subject, 20)).toEqual(Array.from({ length: 20 }, () => 2000));
      for (const text of TEXTS) subject.provider.recover(text);
      await work(subject);
      expect(await subject.store.get(subject.id)).toMatchObject({ status: 'completed', completed: 4, failed: 0 });
    },
  );

  it('leaves a chunk for another model to a worker with that model', async () => {
    const { store, id, provider, counted } = await jobOf(TEXTS);
    const observer = { textsDone: () => undefined, chunkRetried: () => undefined, chunkSplit: () => undefined };
    const runner = new ChunkRunner({
      store,
      models: { ofSpace: () => undefined },
      cacheScope: 'shared',
      observer,
      signal: new AbortController().signal,
    });
    await expect(runner.run({ jobId: id, start: 0, count: 4 })).rejects.toBeInstanceOf(TryLater);
    expect([provider.calls, counted.completed, (await store.begin({ jobId: id, start: 0, count: 4 }))?.tries]).toEqual([[], 0, 1]);
  });

  it('does nothing for a chunk that is done, or of a job that was cancelled', async () => {
    const subject = await jobOf(TEXTS);
    const [chunk] = await subject.store.nextChunks(subject.id, 1);
    await subject.store.stop(subject.id, 'cancelled');
    if (chunk !== undefined) await subject.runner.run(chunk);
    expect(subject.provider.calls).toEqual([]);
  });
});
