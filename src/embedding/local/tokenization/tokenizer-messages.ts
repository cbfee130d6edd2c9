import type { PreparedText } from '../../scheduling/embedding-queue.port.js';

export interface TokenizerFiles {
  /** Holds tokenizer.json and tokenizer_config.json. */
  readonly folder: string;
  /** A longer text is cut to this, special tokens included. */
  readonly maxTokens: number;
}

export interface TokenizedText extends PreparedText {
  /** Special tokens included, cut to the most that the model takes. */
  readonly ids: Int32Array;
}
