import type { Outcome } from './upstream-error.js';

/** Is told what the calls of the upstream do, so that they need to know of neither metrics nor logs. */
export interface UpstreamObserver {
  /** Each try, on its own. */
  callFinished(outcome: Outcome, milliseconds: number): void;
  /** Texts of a call that succeeded, and the tokens that it is billed for. */
  textsComputed(texts: number, tokens: number): void;
  callRetried(): void;
  circuitOpened(forMs: number): void;
  circuitClosed(): void;
  textsDropped(count: number): void;
}
