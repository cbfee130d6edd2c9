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

function createSubject(options: Partial<UpstreamQueueOptions> = {}): Subject {
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
    const subject = createSubject();
    const embeddings = await Promise.all(submit(subject, ['a', 'b']));
    expect(embeddings.map(({ vector }) => vector)).toEqual([fakeVector('a'), fakeVector('b')]);
  });

  it('splits by number of texts', async () => {
    const subject = createSubject({ maxTextsPerCall: 40 });
    await Promise.all(submit(subject, many(100)));
    expect(subject.upstream.calls.map(({ length }) => length)).toEqual([40, 40, 20]);
  });

  it('splits by tokens, and sends a text that is larger than a call alone', async () => {
    const subject = createSubject({ maxTokensPerCall: 10 });
    await Promise.all(submit(subject, [counted('a', 4), counted('b', 6), counted('c', 1), counted('d', 50), counted('e', 1)]));
    expect(subject.upstream.calls).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  });

  it('sends waiting texts of several callers in one call', async () => {
    const subject = createSubject();
    subject.upstream.hold();
    const results = [submit(subject, ['first']), ...many(20).map((text) => submit(subject, [text]))].flat();
    subject.upstream.release();
    await Promise.all(results);
    expect(subject.upstream.calls.map(({ length }) => length)).toEqual([1, 20]);
  });

  it('never exceeds the number of calls at a time', async () => {
    const subject = createSubject({ concurrency: 3, maxTextsPerCall: 1 });
    subject.upstream.hold();
    const results = submit(subject, many(10));
    expect(subject.upstream.calls).toHaveLength(3);
    expect(subject.queue.workload).toMatchObject({ active: 3, waiting: 7 });
    subject.upstream.release();
    expect(await codesOf(results)).toEqual(many(10).map(() => 'computed'));
    expect(subject.queue.workload).toMatchObject({ active: 0, waiting: 0, completed: 10 });
  });

  it('leaves a call free for waiting callers, even with much background work', async () => {
    const subject = createSubject({ concurrency: 3, maxTextsPerCall: 1 });
    subject.upstream.hold();
    const background = submit(subject, many(10, 'bulk'), { priority: 'background' });
    expect(subject.upstream.calls).toHaveLength(2);
    const interactive = submit(subject, ['urgent']);
    expect(subject.upstream.calls.at(-1)).toEqual(['urgent']);
    subject.upstream.release();
    await Promise.all([...background, ...interactive]);
  });

  it('sends interactive texts before background texts', async () => {
    const subject = createSubject();
    subject.upstream.hold();
    const results = [submit(subject, ['first']), submit(subject, ['bulk'], { priority: 'background' }), submit(subject, ['urgent'])].flat();
    subject.upstream.release();
    await Promise.all(results);
    expect(subject.upstream.calls).toEqual([['first'], ['urgent'], ['bulk']]);
  });

  it('gives each text its share of what the upstream bills, and counts the bill', async () => {
    const subject = createSubject();
    subject.upstream.tokens = 11;
    const embeddings = await Promise.all(submit(subject, [counted('a', 2), counted('b', 4), counted('c', 4)]));
    expect(embeddings.map(({ tokens }) => tokens)).toEqual([2, 5, 4]);
    expect(subject.observer.tokens).toBe(11);
  });

  it('uses its own count if the upstream bills nothing', async () => {
    const subject = createSubject();
    const embeddings = await Promise.all(submit(subject, [counted('a', 2), counted('b', 4)]));
    expect(embeddings.map(({ tokens }) => tokens)).toEqual([2, 4]);
    expect(subject.observer.tokens).toBe(6);
  });

  describe('when the upstream refuses a text', () => {
    it('fails that text alone, with the complaint, and computes the others', async () => {
      const subject = createSubject();
      subject.upstream.hold();
      const results = [
        submit(subject, ['first']),
        submit(subject, many(30)),
        submit(subject, ['refused']),
        submit(subject, many(30, 'other')),
      ].flat();
      subject.upstream.release();
      const codes = await codesOf(results);
      expect(codes.filter((code) => code === 'computed')).toHaveLength(61);
      expect(codes[31]).toBe('text_refused');
      await expect(results[31]).rejects.toThrow(/I refuse\./);
    });

    it('stops after some dozens of calls, and shows the complaint of one caller to no other', async () => {
      const subject = createSubject({ maxTextsPerCall: 512, maxTokensPerCall: 100_000 });
      const results = submit(subject, many(512, 'refused'));
      expect(new Set(await codesOf(results))).toEqual(new Set(['text_refused']));
      expect(subject.upstream.calls.length).toBeLessThanOrEqual(65);
      await expect(results[511]).rejects.not.toThrow(/I refuse\./);
    });
  });

  it('fails all texts of a call that fails for another reason, and continues with the next call', async () => {
    const subject = createSubject({ maxTextsPerCall: 2 });
    subject.upstream.fail(new UpstreamError('server_error', 'broken'));
    expect(await codesOf(submit(subject, ['a', 'b', 'c']))).toEqual(['upstream_failed', 'upstream_failed', 'computed']);
    expect(subject.queue.workload).toMatchObject({ completed: 1, failed: 2 });
  });

  describe('when a caller goes away', () => {
    it('does not send waiting texts', async () => {
      const subject = createSubject();
      const caller = new AbortController();
      subject.upstream.hold();
      const first = submit(subject, ['first']);
      const gone = submit(subject, ['gone'], { signal: caller.signal });
      caller.abort();
      expect(await codesOf(gone)).toEqual(['aborted']);
      subject.upstream.release();
      await Promise.all(first);
      expect(subject.upstream.calls).toEqual([['first']]);
      expect(subject.observer.dropped).toBe(1);
    });

    it('ends the call when no other caller waits for it, and uses its place', async () => {
      const subject = createSubject();
      const caller = new AbortController();
      subject.upstream.hold();
      const gone = submit(subject, ['gone'], { signal: caller.signal });
      const next = submit(subject, ['next']);
      caller.abort();
      expect(await codesOf(gone)).toEqual(['aborted']);
      await new Promise(setImmediate);
      expect(subject.upstream.calls).toEqual([['gone'], ['next']]);
      subject.upstream.release();
      expect(await codesOf(next)).toEqual(['computed']);
    });

    it('continues a call in which another caller has a text', async () => {
      const subject = createSubject();
      const caller = new AbortController();
      subject.upstream.hold();
      const first = submit(subject, ['first']);
      const gone = submit(subject, ['gone'], { signal: caller.signal });
      const stays = submit(subject, ['stays']);
      subject.upstream.release();
      subject.upstream.hold();
      await Promise.all(first);
      await new Promise(setImmediate);
      caller.abort();
      subject.upstream.release();
      expect(await codesOf([...gone, ...stays])).toEqual(['aborted', 'computed']);
    });

    it('sends nothing for a caller who has left before', async () => {
      const subject = createSubject();
      expect(await codesOf(submit(subject, ['gone'], { signal: AbortSignal.abort() }))).toEqual(['aborted']);
      expect(subject.upstream.calls).toEqual([]);
    });
  });

  it('gives up, for waiting texts and running ones, when the time is over', async () => {
    const subject = createSubject({ timeoutMs: 20 });
    subject.upstream.hold();
    expect(await codesOf([...submit(subject, ['runs']), ...submit(subject, ['waits'])])).toEqual(['upstream_timeout', 'upstream_timeout']);
    expect(subject.queue.workload).toMatchObject({ waiting: 0, failed: 2 });
  });

  it('counts the time of background texts from the start of their call', async () => {
    const subject = createSubject({ timeoutMs: 20 });
    subject.upstream.hold();
    const running = submit(subject, ['runs'], { priority: 'background' });
    const waiting = submit(subject, ['waits'], { priority: 'background' });
    expect(await codesOf(running)).toEqual(['upstream_timeout']);
    subject.upstream.release();
    expect(await codesOf(waiting)).toEqual(['computed']);
  });

  it('refuses waiting texts and finishes running ones when it closes', async () => {
    const subject = createSubject();
    subject.upstream.hold();
    const running = submit(subject, ['runs']);
    const waiting = submit(subject, ['waits']);
    const closed = subject.queue.close();
    const late = submit(subject, ['late']);
    expect(await codesOf([...waiting, ...late])).toEqual(['shutting_down', 'shutting_down']);
    subject.upstream.release();
    expect(await codesOf(running)).toEqual(['computed']);
    await closed;
  });
});
