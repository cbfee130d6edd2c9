import type { Outcome } from './upstream-error.js';

/** Observes calls of the upstream, so that they depend on neither metrics nor logs. */
export interface UpstreamObserver {
  /** Called for every try. */
  callFinished(outcome: Outcome, milliseconds: number): void;
  /** Texts of a call that succeeded, and the tokens that it is billed for. */
  textsComputed(texts: number, tokens: number): void;
  callRetried(): void;
  circuitOpened(forMs: number): void;
  circuitClosed(): void;
  textsDropped(count: number): void;
}
