export interface TokenizerFiles {
  /** Holds tokenizer.json and tokenizer_config.json. */
  readonly folder: string;
  /** A longer text is cut to this, special tokens included. */
  readonly maxTokens: number;
}

export interface TokenizedText {
  /** Special tokens included, cut to the most that the model takes. */
  readonly ids: Int32Array;
  /** Before the cut. */
  readonly inputTokens: number;
}
