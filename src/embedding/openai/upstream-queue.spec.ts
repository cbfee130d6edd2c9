import type { Priority } from '../embedding-provider.port.js';
import type { CountedText } from './counted-text.js';
import { UpstreamError } from './upstream-error.js';
import { UpstreamQueue, type UpstreamQueueOptions } from './upstream-queue.js';
import type { UpstreamEmbedding } from './upstream-text.js';
import { FakeUpstream, FakeUpstreamObserver, fakeVector } from './upstream.fake.js';

interface Subject {
  readonly upstream: FakeUpstream;
  readonly observer: FakeUpstreamObserver;
  readonly queue: UpstreamQueue;
}

interface Submission {
  readonly priority?: Priority;
  readonly signal?: AbortSignal;
}

function subject(options: Partial<UpstreamQueueOptions> = {}): Subject {
  const upstream = new FakeUpstream();
  const observer = new FakeUpstreamObserver();
  const limits = { concurrency: 1, maxTextsPerCall: 100, maxTokensPerCall: 1000, timeoutMs: 60_000 };
  return { upstream, observer, queue: new UpstreamQueue({ upstream, observer, ...limits, ...options }) };
}

function counted(text: string, tokens = text.length): CountedText {
  return { text, tokens, inputTokens: tokens, ownTokens: tokens };
}

function submit(
  { queue }: Subject,
  texts: readonly (string | CountedText)[],
  { priority = 'interactive', signal = new AbortController().signal }: Submission = {},
): readonly Promise<UpstreamEmbedding>[] {
  const all = texts.map((text) => (typeof text === 'string' ? counted(text) : text));
  return queue.submit(queue.openFlow(priority), all, { signal, arrivedAt: performance.now() });
}

async function codesOf(results: readonly Promise<UpstreamEmbedding>[]): Promise<readonly unknown[]> {
  return (await Promise.allSettled(results)).map((result) =>
    result.status === 'fulfilled' ? 'computed' : (result.reason as { readonly code: unknown }).code,
  );
}

const many = (count: number, name = 'text'): readonly string[] => Array.from({ length: count }, (_, index) => `${name} ${index}`);

describe('UpstreamQueue', () => {
  it('gives each text its vector', async () => {
    const one = subject();
    const embeddings = await Promise.all(submit(one, ['a', 'b']));
    expect(embeddings.map(({ vector }) => vector)).toEqual([fakeVector('a'), fakeVector('b')]);
  });

  it('splits by number of texts', async () => {
    const one = subject({ maxTextsPerCall: 40 });
    await Promise.all(submit(one, many(100)));
    expect(one.upstream.calls.map(({ length }) => length)).toEqual([40, 40, 20]);
  });

  it('splits by tokens, and sends a text that is larger than a call alone', async () => {
    const one = subject({ maxTokensPerCall: 10 });
    await Promise.all(submit(one, [counted('a', 4), counted('b', 6), counted('c', 1), counted('d', 50), counted('e', 1)]));
    expect(one.upstream.calls).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  });

  it('sends texts that wait in one call, whichever callers they have', async () => {
    const one = subject();
    one.upstream.hold();
    const results = [submit(one, ['first']), ...many(20).map((text) => submit(one, [text]))].flat();
    one.upstream.release();
    await Promise.all(results);
    expect(one.upstream.calls.map(({ length }) => length)).toEqual([1, 20]);
  });

  it('has no more calls at a time than it may', async () => {
    const one = subject({ concurrency: 3, maxTextsPerCall: 1 });
    one.upstream.hold();
    const results = submit(one, many(10));
    expect(one.upstream.calls).toHaveLength(3);
    expect(one.queue.workload).toMatchObject({ active: 3, waiting: 7 });
    one.upstream.release();
    expect(await codesOf(results)).toEqual(many(10).map(() => 'computed'));
    expect(one.queue.workload).toMatchObject({ active: 0, waiting: 0, completed: 10 });
  });

  it('leaves a call free for callers who wait, however much background work there is', async () => {
    const one = subject({ concurrency: 3, maxTextsPerCall: 1 });
    one.upstream.hold();
    const background = submit(one, many(10, 'bulk'), { priority: 'background' });
    expect(one.upstream.calls).toHaveLength(2);
    const interactive = submit(one, ['urgent']);
    expect(one.upstream.calls.at(-1)).toEqual(['urgent']);
    one.upstream.release();
    await Promise.all([...background, ...interactive]);
  });

  it('sends texts that somebody waits for before background texts', async () => {
    const one = subject();
    one.upstream.hold();
    const results = [submit(one, ['first']), submit(one, ['bulk'], { priority: 'background' }), submit(one, ['urgent'])].flat();
    one.upstream.release();
    await Promise.all(results);
    expect(one.upstream.calls).toEqual([['first'], ['urgent'], ['bulk']]);
  });

  it('gives each text its share of what the upstream bills, and counts the bill', async () => {
    const one = subject();
    one.upstream.tokens = 11;
    const embeddings = await Promise.all(submit(one, [counted('a', 2), counted('b', 4), counted('c', 4)]));
    expect(embeddings.map(({ tokens }) => tokens)).toEqual([2, 5, 4]);
    expect(one.observer.tokens).toBe(11);
  });

  it('believes its own count where the upstream bills nothing', async () => {
    const one = subject();
    const embeddings = await Promise.all(submit(one, [counted('a', 2), counted('b', 4)]));
    expect(embeddings.map(({ tokens }) => tokens)).toEqual([2, 4]);
    expect(one.observer.tokens).toBe(6);
  });

  describe('when the upstream refuses a text', () => {
    it('fails that text alone, with the complaint, and computes those beside it', async () => {
      const one = subject();
      one.upstream.hold();
      const results = [submit(one, ['first']), submit(one, many(30)), submit(one, ['refused']), submit(one, many(30, 'other'))].flat();
      one.upstream.release();
      const codes = await codesOf(results);
      expect(codes.filter((code) => code === 'computed')).toHaveLength(61);
      expect(codes[31]).toBe('text_refused');
      await expect(results[31]).rejects.toThrow(/I refuse\./);
    });

    it('asks no more than some dozens of times, and shows no complaint of one caller to another', async () => {
      const one = subject({ maxTextsPerCall: 512, maxTokensPerCall: 100_000 });
      const results = submit(one, many(512, 'refused'));
      expect(new Set(await codesOf(results))).toEqual(new Set(['text_refused']));
      expect(one.upstream.calls.length).toBeLessThanOrEqual(65);
      await expect(results[511]).rejects.not.toThrow(/I refuse\./);
    });
  });

  it('fails all texts of a call that fails otherwise, and goes on with the next', async () => {
    const one = subject({ maxTextsPerCall: 2 });
    one.upstream.fail(new UpstreamError('server_error', 'broken'));
    expect(await codesOf(submit(one, ['a', 'b', 'c']))).toEqual(['upstream_failed', 'upstream_failed', 'computed']);
    expect(one.queue.workload).toMatchObject({ completed: 1, failed: 2 });
  });

  describe('when a caller goes away', () => {
    it('does not send what waits', async () => {
      const one = subject();
      const caller = new AbortController();
      one.upstream.hold();
      const first = submit(one, ['first']);
      const gone = submit(one, ['gone'], { signal: caller.signal });
      caller.abort();
      expect(await codesOf(gone)).toEqual(['aborted']);
      one.upstream.release();
      await Promise.all(first);
      expect(one.upstream.calls).toEqual([['first']]);
      expect(one.observer.dropped).toBe(1);
    });

    it('ends the call when no other caller waits for it, and uses its place', async () => {
      const one = subject();
      const caller = new AbortController();
      one.upstream.hold();
      const gone = submit(one, ['gone'], { signal: caller.signal });
      const next = submit(one, ['next']);
      caller.abort();
      expect(await codesOf(gone)).toEqual(['aborted']);
      await new Promise(setImmediate);
      expect(one.upstream.calls).toEqual([['gone'], ['next']]);
      one.upstream.release();
      expect(await codesOf(next)).toEqual(['computed']);
    });

    it('goes on with a call in which somebody else has a text', async () => {
      const one = subject();
      const caller = new AbortController();
      one.upstream.hold();
      const first = submit(one, ['first']);
      const gone = submit(one, ['gone'], { signal: caller.signal });
      const stays = submit(one, ['stays']);
      one.upstream.release();
      one.upstream.hold();
      await Promise.all(first);
      await new Promise(setImmediate);
      caller.abort();
      one.upstream.release();
      expect(await codesOf([...gone, ...stays])).toEqual(['aborted', 'computed']);
    });

    it('sends nothing for a caller who had gone before', async () => {
      const one = subject();
      expect(await codesOf(submit(one, ['gone'], { signal: AbortSignal.abort() }))).toEqual(['aborted']);
      expect(one.upstream.calls).toEqual([]);
    });
  });

  it('gives up, for waiting texts and running ones, when the time is over', async () => {
    const one = subject({ timeoutMs: 20 });
    one.upstream.hold();
    expect(await codesOf([...submit(one, ['runs']), ...submit(one, ['waits'])])).toEqual(['upstream_timeout', 'upstream_timeout']);
    expect(one.queue.workload).toMatchObject({ waiting: 0, failed: 2 });
  });

  it('counts the time of background texts from the start of their call', async () => {
    const one = subject({ timeoutMs: 20 });
    one.upstream.hold();
    const running = submit(one, ['runs'], { priority: 'background' });
    const waiting = submit(one, ['waits'], { priority: 'background' });
    expect(await codesOf(running)).toEqual(['upstream_timeout']);
    one.upstream.release();
    expect(await codesOf(waiting)).toEqual(['computed']);
  });

  it('refuses what waits and finishes what runs when it closes', async () => {
    const one = subject();
    one.upstream.hold();
    const running = submit(one, ['runs']);
    const waiting = submit(one, ['waits']);
    const closed = one.queue.close();
    const late = submit(one, ['late']);
    expect(await codesOf([...waiting, ...late])).toEqual(['shutting_down', 'shutting_down']);
    one.upstream.release();
    expect(await codesOf(running)).toEqual(['computed']);
    await closed;
  });
});
