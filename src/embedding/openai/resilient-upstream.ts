import { setTimeout as delay } from 'node:timers/promises';
import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhen, type CircuitBreakerPolicy } from 'cockatiel';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamObserver } from './upstream-observer.port.js';
import type { CallOptions, Upstream, UpstreamReply } from './upstream.port.js';

export interface ResilienceOptions {
  readonly maxRetries: number;
  readonly observer: UpstreamObserver;
  /** Before the first retry, where the upstream does not say; twice as long before each next one. */
  readonly firstDelayMs?: number;
  /** Breakdowns in a row that open the circuit. */
  readonly breakdowns?: number;
  /** How long it stays open before one call may try. */
  readonly openMs?: number;
}

const LONGEST_DELAY_MS = 8_000;
/** Longer pauses, which an upstream may ask for by mistake, hold up nobody but the call that was told. */
const LONGEST_SHARED_PAUSE_MS = 60_000;
/** A vector computed this recently shows that the upstream works. Each look costs money, so it is longer than locally. */
const PROOF_MS = 300_000;

/**
 * The one place that tries again: a call is repeated after the pause that the upstream asks for, or one that doubles,
 * as long as its deadline allows; a pause that one call is told holds for all; and an upstream that keeps breaking down
 * is left alone for a while (cockatiel's circuit breaker).
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

  /** Whether a vector was computed lately, and nothing has failed since that would fail again. */
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

  /** The failure behind what the breaker threw, once its lessons for other calls are drawn. */
  private noted(thrown: unknown): UpstreamError {
    if (thrown instanceof BrokenCircuitError) {
      const retryAfterMs = Math.max(0, this.openedAt + this.openMs - performance.now());
      return new UpstreamError('circuit_open', 'The upstream is left alone after breakdowns', { retryAfterMs });
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

  /** Half of it is chance, so that callers who failed together do not come back together. */
  private backOffMs(tries: number): number {
    return Math.min(LONGEST_DELAY_MS, this.firstDelayMs * 2 ** tries) * (0.5 + Math.random() / 2);
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    throw signal.reason; // whoever aborts says why, as an UpstreamError
  }
}
