import type { EmbedOptions } from '../embedding-provider.port.js';
import { QueuedEmbeddingProvider } from '../queued-embedding-provider.js';
import { FakeQueue } from '../scheduling/embedding-queue.fake.js';
import { StageTimes } from '../stage-times.js';
import { FakeClock } from '../scheduling/clock.fake.js';
import { LoadedOnUse } from './loaded-on-use.js';

const KEPT_MS = 60_000;
const MOST_QUEUED = 3;

/** A provider over a queue that is loaded on use; every load takes a second. */
function subject({ keepLoadedMs }: { readonly keepLoadedMs: number | undefined } = { keepLoadedMs: KEPT_MS }) {
  const clock = new FakeClock();
  const queues: FakeQueue[] = [];
  const { space, traits } = new FakeQueue();
  const load = async (): Promise<FakeQueue> => {
    await new Promise<void>((resolve) => clock.after(1_000, resolve));
    const queue = new FakeQueue();
    queues.push(queue);
    return queue;
  };
  const queue = new LoadedOnUse(
    { space, traits, plan: 'one process' },
    { name: 'fake', load, keepLoadedMs, mostWaitMs: 5_000, clock, onFailure: () => undefined },
  );
  return { clock, queues, queue, provider: new QueuedEmbeddingProvider(queue, MOST_QUEUED) };
}

function options(): EmbedOptions {
  return { signal: new AbortController().signal, priority: 'interactive', cacheUse: 'normal', stages: new StageTimes() };
}

describe('LoadedOnUse', () => {
  it('says what its model is before it is loaded', () => {
    const { provider, queues } = subject();
    expect(provider.space.model).toBe('fake');
    expect(provider.processCounts()).toEqual({ starting: 0, idle: 0, busy: 0, loadedBytes: 0, state: 'unloaded', plan: 'one process' });
    expect(queues).toHaveLength(0);
  });

  it('loads the model for the first texts, and computes all that have waited', async () => {
    const { clock, queues, provider } = subject();
    const embeddings = [...provider.embed(['a'], options()), ...provider.embed(['b'], options())];
    await clock.pass(0);
    expect(provider.processCounts().state).toBe('loading');
    expect(provider.workload().waiting).toBe(2);
    await clock.pass(1_000);
    queues[0]?.computeAll();
    expect(await Promise.all(embeddings)).toHaveLength(2);
    expect([queues.length, provider.processCounts().state]).toEqual([1, 'loaded']);
  });

  it('bounds the texts that wait for the model, and says when to try again', async () => {
    const { clock, provider } = subject();
    const waiting = provider.embed(['a', 'b', 'c'], options());
    await clock.pass(0);
    await expect(provider.embed(['d'], options())[0]).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 10 });
    for (const text of waiting) text.catch(() => undefined);
  });

  it('unloads an idle model, remembers what it has computed, and loads it again', async () => {
    const { clock, queues, provider } = subject();
    const first = provider.embed(['a'], options());
    await clock.pass(1_000);
    await clock.pass(KEPT_MS);
    expect(provider.processCounts().state).toBe('loaded'); // the text still waits for its vector
    Object.assign(queues[0] ?? {}, { workload: () => ({ waiting: 0, active: 0, delayed: 0, completed: 7, failed: 1 }) });
    queues[0]?.computeAll();
    await Promise.all(first);
    await clock.pass(KEPT_MS);
    expect([provider.processCounts().state, queues[0]?.isClosed]).toEqual(['unloaded', true]);
    expect(provider.workload()).toMatchObject({ completed: 7, failed: 1 });

    const second = provider.embed(['b'], options());
    await clock.pass(1_000);
    queues[1]?.computeAll();
    expect(await Promise.all(second)).toHaveLength(1);
  });

  it('does not load a model for a probe of readiness, nor keep it loaded', async () => {
    const { clock, queue } = subject();
    expect(queue.isProven()).toBe(true);
    const loading = queue.load();
    await clock.pass(1_000);
    await loading;
    expect(queue.isProven()).toBe(true);
  });

  it('proves a model that stays loaded, as one that was loaded at the start', async () => {
    const { clock, queue, queues } = subject({ keepLoadedMs: undefined });
    const loading = queue.load();
    await clock.pass(1_000);
    await loading;
    Object.assign(queues[0] ?? {}, { isProven: () => false });
    expect(queue.isProven()).toBe(false);
  });

  it('cuts documents with the loaded model', async () => {
    const { clock, provider } = subject();
    const chunks = provider.cut({ title: '', text: 'a' }, { tokens: 4, overlap: 0 });
    await clock.pass(1_000);
    expect(await chunks).toEqual(Int32Array.of(0, 1, 0, 1));
  });

  it('closes its model with the service', async () => {
    const { clock, queues, queue, provider } = subject();
    const loading = queue.load();
    await clock.pass(1_000);
    await loading;
    await provider.close();
    expect(queues[0]?.isClosed).toBe(true);
    await expect(provider.embed(['a'], options())[0]).rejects.toMatchObject({ code: 'shutting_down' });
  });
});
