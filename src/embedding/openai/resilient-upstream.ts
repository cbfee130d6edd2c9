import { setTimeout as delay } from 'node:timers/promises';
import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhen, type CircuitBreakerPolicy } from 'cockatiel';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamObserver } from './upstream-observer.port.js';
import type { CallOptions, Upstream, UpstreamReply } from './upstream.port.js';

export interface ResilienceOptions {
  readonly maxRetries: number;
  readonly observer: UpstreamObserver;
  /** The pause before the first retry when the upstream names none; each further pause is twice as long. */
  readonly firstDelayMs?: number;
  /** Failures of the upstream in a row that open the circuit. */
  readonly breakdowns?: number;
  /** How long the circuit stays open before one call is let through. */
  readonly openMs?: number;
}

const LONGEST_DELAY_MS = 8_000;
/** A longer pause, which an upstream may ask for by mistake, delays only the call that was asked to pause. */
const LONGEST_SHARED_PAUSE_MS = 60_000;
/** A vector computed this recently shows that the upstream works. A probe costs money, so this is longer than for local models. */
const PROOF_MS = 300_000;

/**
 * The only place that retries. A call is repeated after the pause that the upstream asks for, or after a pause that doubles, as
 * long as its deadline allows. A pause that the upstream asks of one call holds for all calls. A circuit breaker (cockatiel)
 * pauses calls to an upstream that keeps failing.
 */
export class ResilientUpstream implements Upstream {
  private readonly breaker: CircuitBreakerPolicy;
  private readonly firstDelayMs: number;
  private readonly openMs: number;
  private openedAt = 0;
  private pausedUntil = 0;
  private worked: number | undefined;

  constructor(
    private readonly upstream: Upstream,
    private readonly options: ResilienceOptions,
  ) {
    const { breakdowns = 5, openMs = 10_000, firstDelayMs = 500, observer } = options;
    this.firstDelayMs = firstDelayMs;
    this.openMs = openMs;
    this.breaker = circuitBreaker(
      handleWhen((error) => error instanceof UpstreamError && error.isBreakdown),
      { breaker: new ConsecutiveBreaker(breakdowns), halfOpenAfter: openMs },
    );
    this.breaker.onBreak(() => {
      this.openedAt = performance.now();
      observer.circuitOpened(openMs);
    });
    this.breaker.onReset(() => observer.circuitClosed());
  }

  /** Whether a vector was computed recently, without a lasting failure since. */
  isProven(): boolean {
    return this.worked !== undefined && performance.now() - this.worked < PROOF_MS;
  }

  async embed(texts: readonly string[], options: CallOptions): Promise<UpstreamReply> {
    for (let tries = 0; ; tries++) {
      await this.waitForPause(options);
      try {
        return await this.breaker.execute(() => this.attempt(texts, options));
      } catch (error) {
        const failure = this.noted(error);
        const waitMs = failure.retryAfterMs ?? this.backOffMs(tries);
        const isInTime = performance.now() + waitMs < options.deadline;
        if (!failure.isRetryable || tries >= this.options.maxRetries || !isInTime) throw failure;
        this.options.observer.callRetried();
        await pause(waitMs, options.signal);
      }
    }
  }

  private async attempt(texts: readonly string[], options: CallOptions): Promise<UpstreamReply> {
    const startedAt = performance.now();
    const finished = (outcome: Parameters<UpstreamObserver['callFinished']>[0]): void =>
      this.options.observer.callFinished(outcome, performance.now() - startedAt);
    try {
      const reply = await this.upstream.embed(texts, options);
      this.worked = performance.now();
      finished('success');
      return reply;
    } catch (error) {
      if (error instanceof UpstreamError && error.outcome !== 'circuit_open') finished(error.outcome);
      throw error;
    }
  }

  /** The failure behind the breaker's error; also takes over its pause for other calls. */
  private noted(thrown: unknown): UpstreamError {
    if (thrown instanceof BrokenCircuitError) {
      const retryAfterMs = Math.max(0, this.openedAt + this.openMs - performance.now());
      return new UpstreamError('circuit_open', 'Calls to the upstream are paused, because it has failed too often', { retryAfterMs });
    }
    if (!(thrown instanceof UpstreamError)) throw thrown;
    if (!thrown.isHarmless) this.worked = undefined;
    if (thrown.outcome === 'rate_limited' && thrown.retryAfterMs !== undefined)
      this.pausedUntil = Math.max(this.pausedUntil, performance.now() + Math.min(thrown.retryAfterMs, LONGEST_SHARED_PAUSE_MS));
    return thrown;
  }

  private async waitForPause({ signal, deadline }: CallOptions): Promise<void> {
    const waitMs = this.pausedUntil - performance.now();
    if (waitMs <= 0) return;
    if (this.pausedUntil >= deadline)
      throw new UpstreamError('rate_limited', 'The upstream asked for a pause beyond the deadline', { retryAfterMs: waitMs });
    await pause(waitMs, signal);
  }

  /** Half of the pause is random, so that calls that failed together do not repeat together. */
  private backOffMs(tries: number): number {
    return Math.min(LONGEST_DELAY_MS, this.firstDelayMs * 2 ** tries) * (0.5 + Math.random() / 2);
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    throw signal.reason; // the reason of an abort is an UpstreamError
  }
}
