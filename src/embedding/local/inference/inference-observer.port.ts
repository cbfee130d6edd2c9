import type { ProcessLostError } from './inference-process.js';

/** Hears what the local provider does, so that the provider knows neither metrics nor logs. */
export interface InferenceObserver {
  /** The model runs; lines that describe it for a person. */
  modelOpened(lines: readonly string[]): void;
  /** The model is still being made; a line for a person, every few seconds. */
  modelIsMade(line: string): void;
  /** Its tokenizer's file is so large that it takes seconds to open. */
  tokenizerIsLarge(bytes: number): void;
  /** A group ran on all cores, because nothing else waited. */
  ranWide(): void;
  groupFinished(texts: number, tokens: number): void;
  processLost(error: ProcessLostError): void;
  processFailedToLoad(message: string): void;
  textsDropped(count: number): void;
}
