export interface TextVector {
  /** Of length one (L2). */
  readonly vector: Float32Array;
  readonly truncated: boolean;
}

/** Computes vectors for the command, here or on a server. */
export interface TextEmbedder {
  readonly model: string;
  readonly dimensions: number;
  /** Fingerprint of everything that decides a vector. */
  readonly space: string;
  /** Most texts in a call. */
  readonly mostTexts: number;
  /**
   * In the order of the texts, which differ from each other; a string says what is wrong with a text. Calls may run at
   * the same time. Rejects when no text can be computed, or when the signal that it was made with aborts.
   */
  embed(texts: readonly string[]): Promise<readonly (TextVector | string)[]>;
  close(): Promise<void>;
}
