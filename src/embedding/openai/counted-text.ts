import type { PackedChunks } from '../../chunks/index.js';
import type { Cutting, PreparedText, Reading } from '../scheduling/embedding-queue.port.js';

/** The text that is sent, and its length in tokens of cl100k, the encoding of OpenAI's embedding models. */
export interface CountedText extends PreparedText {
  /** Cut to the number of tokens that the model reads. */
  readonly text: string;
}

export interface CountLimits {
  readonly maxTokens: number;
}

/** Counts texts, and cuts those that are too long. */
export interface TokenCounter {
  /** The windows of each text, in the order of `texts`. */
  work(texts: readonly string[], reading: Reading): Promise<readonly (readonly CountedText[])[]>;
  cut(cutting: Cutting): Promise<PackedChunks>;
  close(): Promise<void>;
}
