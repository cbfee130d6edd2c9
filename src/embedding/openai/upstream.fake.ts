import { UpstreamError, type Outcome } from './upstream-error.js';
import type { UpstreamObserver } from './upstream-observer.port.js';
import type { CallOptions, Upstream, UpstreamReply } from './upstream.port.js';

/** A call with a text that holds this is refused. */
const REFUSED_TEXT = 'refused';

/** For tests: counts calls, and fails or delays them on request. */
export class FakeUpstream implements Upstream {
  /** The texts of each call. */
  readonly calls: (readonly string[])[] = [];
  /** The tokens of the reply. */
  tokens: number | undefined;
  private readonly failures: UpstreamError[] = [];
  private readonly held: (() => void)[] = [];
  private isHolding = false;

  /** Fails the next calls, one each. */
  fail(...failures: readonly UpstreamError[]): void {
    this.failures.push(...failures);
  }

  /** Answers no call until `release`. */
  hold(): void {
    this.isHolding = true;
  }

  release(): void {
    this.isHolding = false;
    for (const answer of this.held.splice(0)) answer();
  }

  async embed(texts: readonly string[], { signal }: CallOptions): Promise<UpstreamReply> {
    this.calls.push(texts);
    if (this.isHolding) await this.answerable(signal);
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    if (texts.some((text) => text.includes(REFUSED_TEXT))) throw new UpstreamError('invalid_input', 'refused', { complaint: 'I refuse.' });
    return { vectors: texts.map(fakeVector), truncated: texts.map(() => false), tokens: this.tokens };
  }

  private async answerable(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.held.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
}

export function fakeVector(text: string): Float32Array<ArrayBuffer> {
  const angle = Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 6283, 7);
  return Float32Array.of(Math.cos(angle / 1000), Math.sin(angle / 1000));
}

/** For tests: remembers its calls. */
export class FakeUpstreamObserver implements UpstreamObserver {
  readonly outcomes: Outcome[] = [];
  readonly circuit: ('opened' | 'closed')[] = [];
  retries = 0;
  tokens = 0;
  dropped = 0;

  callFinished(outcome: Outcome): void {
    this.outcomes.push(outcome);
  }

  textsComputed(_texts: number, tokens: number): void {
    this.tokens += tokens;
  }

  callRetried(): void {
    this.retries++;
  }

  circuitOpened(): void {
    this.circuit.push('opened');
  }

  circuitClosed(): void {
    this.circuit.push('closed');
  }

  textsDropped(count: number): void {
    this.dropped += count;
  }
}
