import { ResilientUpstream, type ResilienceOptions } from './resilient-upstream.js';
import { UpstreamError, type FailedOutcome } from './upstream-error.js';
import { FakeUpstream, FakeUpstreamObserver, fakeVector } from './upstream.fake.js';
import type { CallOptions, UpstreamReply } from './upstream.port.js';

interface Subject {
  readonly fake: FakeUpstream;
  readonly observer: FakeUpstreamObserver;
  readonly upstream: ResilientUpstream;
}

function createSubject(options: Partial<ResilienceOptions> = {}): Subject {
  const fake = new FakeUpstream();
  const observer = new FakeUpstreamObserver();
  return { fake, observer, upstream: new ResilientUpstream(fake, { maxRetries: 3, firstDelayMs: 1, observer, ...options }) };
}

function failure(outcome: FailedOutcome, retryAfterMs?: number): UpstreamError {
  return new UpstreamError(outcome, outcome, { retryAfterMs });
}

async function ask({ upstream }: Subject, options: Partial<CallOptions> = {}): Promise<UpstreamReply> {
  return await upstream.embed(['a'], { signal: new AbortController().signal, deadline: performance.now() + 60_000, ...options });
}

async function outcomeOf(asked: Promise<unknown>): Promise<string> {
  return await asked.then(
    () => 'success',
    (error: unknown) => (error instanceof UpstreamError ? error.outcome : String(error)),
  );
}

/** Fails so often with a breakdown that the circuit opens. */
async function openCircuit(subject: Subject, breakdowns: number): Promise<void> {
  for (let call = 0; call < breakdowns; call++) {
    subject.fake.fail(failure('bad_reply'));
    await outcomeOf(ask(subject));
  }
}

describe('ResilientUpstream', () => {
  it('retries after temporary failures', async () => {
    const subject = createSubject();
    subject.fake.fail(failure('server_error'), failure('connection_failed'), failure('rate_limited', 0));
    expect((await ask(subject)).vectors).toEqual([fakeVector('a')]);
    expect(subject.observer.outcomes).toEqual(['server_error', 'connection_failed', 'rate_limited', 'success']);
    expect(subject.observer.retries).toBe(3);
  });

  it('gives up after the configured number of retries, with the last failure', async () => {
    const subject = createSubject({ maxRetries: 2 });
    subject.fake.fail(failure('server_error'), failure('server_error'), failure('connection_failed'));
    expect(await outcomeOf(ask(subject))).toBe('connection_failed');
    expect(subject.fake.calls).toHaveLength(3);
  });

  it.each<FailedOutcome>(['bad_reply', 'invalid_input', 'quota_exceeded', 'refused', 'timeout', 'unauthorized'])(
    'does not retry after %s',
    async (outcome) => {
      const subject = createSubject();
      subject.fake.fail(failure(outcome));
      expect(await outcomeOf(ask(subject))).toBe(outcome);
      expect(subject.fake.calls).toHaveLength(1);
    },
  );

  it('waits at least as long as the upstream asks', async () => {
    const subject = createSubject();
    subject.fake.fail(failure('rate_limited', 50));
    const startedAt = performance.now();
    await ask(subject);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(49);
  });

  it('fails at once when the pause would end after the deadline, and reports its length', async () => {
    const subject = createSubject();
    subject.fake.fail(failure('rate_limited', 86_400_000));
    await expect(ask(subject)).rejects.toMatchObject({ outcome: 'rate_limited', retryAfterMs: 86_400_000 });
  });

  it('applies a pause that the upstream asks of one call to the others, for at most a minute', async () => {
    const subject = createSubject();
    subject.fake.fail(failure('rate_limited', 86_400_000));
    await outcomeOf(ask(subject));
    const told: unknown = await ask(subject, { deadline: performance.now() + 1000 }).catch((error: unknown) => error);
    expect(told).toMatchObject({ outcome: 'rate_limited' });
    expect((told as UpstreamError).retryAfterMs).toBeGreaterThan(50_000);
    expect((told as UpstreamError).retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(subject.fake.calls).toHaveLength(1);
  });

  it('ends a pause when the call is aborted, for the reason given', async () => {
    const subject = createSubject();
    const controller = new AbortController();
    subject.fake.fail(failure('rate_limited', 30_000));
    const asked = ask(subject, { signal: controller.signal });
    setImmediate(() => controller.abort(failure('aborted')));
    expect(await outcomeOf(asked)).toBe('aborted');
  });

  describe('whose upstream keeps breaking down', () => {
    it('is not called for a while, and the error says for how long', async () => {
      const subject = createSubject({ breakdowns: 3, openMs: 30_000 });
      await openCircuit(subject, 3);
      await expect(ask(subject)).rejects.toMatchObject({ outcome: 'circuit_open' });
      const told: unknown = await ask(subject).catch((error: unknown) => error);
      expect((told as UpstreamError).retryAfterMs).toBeGreaterThan(20_000);
      expect(subject.fake.calls).toHaveLength(3);
      expect(subject.observer.circuit).toEqual(['opened']);
    });

    it('is called again after that, and trusted when it answers', async () => {
      const subject = createSubject({ breakdowns: 3, openMs: 1 });
      await openCircuit(subject, 3);
      await new Promise((resolve) => setTimeout(resolve, 5)); // cockatiel looks at the clock itself
      expect(await outcomeOf(ask(subject))).toBe('success');
      expect(subject.observer.circuit).toEqual(['opened', 'closed']);
    });
  });

  it.each<FailedOutcome>(['aborted', 'invalid_input', 'rate_limited', 'unauthorized'])(
    'does not count %s as a breakdown',
    async (outcome) => {
      const subject = createSubject({ breakdowns: 2, maxRetries: 0 });
      subject.fake.fail(failure(outcome), failure(outcome), failure(outcome));
      for (let call = 0; call < 3; call++) expect(await outcomeOf(ask(subject))).toBe(outcome);
      expect(await outcomeOf(ask(subject))).toBe('success');
    },
  );

  describe('asked whether it is proven', () => {
    it('is when a call has succeeded', async () => {
      const subject = createSubject();
      expect(subject.upstream.isProven()).toBe(false);
      await ask(subject);
      expect(subject.upstream.isProven()).toBe(true);
    });

    it.each<FailedOutcome>(['bad_reply', 'quota_exceeded', 'refused', 'timeout', 'unauthorized'])('is not after %s', async (outcome) => {
      const subject = createSubject();
      await ask(subject);
      subject.fake.fail(failure(outcome));
      await outcomeOf(ask(subject));
      expect(subject.upstream.isProven()).toBe(false);
    });

    it.each<FailedOutcome>(['aborted', 'invalid_input', 'rate_limited'])('still is after %s', async (outcome) => {
      const subject = createSubject({ maxRetries: 0 });
      await ask(subject);
      subject.fake.fail(failure(outcome));
      await outcomeOf(ask(subject));
      expect(subject.upstream.isProven()).toBe(true);
    });
  });
});
