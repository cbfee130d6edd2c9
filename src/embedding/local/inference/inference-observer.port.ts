import type { ProcessLostError } from './inference-process.js';

/** Is told what the pool did, so that it needs to know of neither metrics nor logs. */
export interface InferenceObserver {
  groupFinished(texts: number, tokens: number): void;
  processLost(error: ProcessLostError): void;
  processFailedToLoad(message: string): void;
  textsDropped(count: number): void;
}
