import type { PreparedText } from '../../scheduling/embedding-queue.port.js';

export interface TokenizerFiles {
  /** Holds tokenizer.json and tokenizer_config.json. */
  readonly folder: string;
  /** A longer text is cut to this, special tokens included. */
  readonly maxTokens: number;
  /** Whether texts are made lower case first, as sentence_bert_config.json asks. */
  readonly lowerCase: boolean;
}

export interface TokenizedText extends PreparedText {
  /** Prompt and special tokens included, cut to the most that the model takes. */
  readonly ids: Int32Array;
  /** How many of the ids are of the prompt and of the special tokens before it; 0 = there is no prompt. */
  readonly promptTokens: number;
}
