export interface TextVector {
  /** Has length one (L2). */
  readonly vector: Float32Array;
  readonly truncated: boolean;
}

/** Computes vectors for the command, in this process or on a server. */
export interface TextEmbedder {
  readonly model: string;
  readonly dimensions: number;
  /** Fingerprint of everything that decides a vector. */
  readonly space: string;
  /** The largest number of texts in a call. */
  readonly mostTexts: number;
  /**
   * Resolves to vectors in the order of the texts, which must differ from each other; a string is the fault of a text. Calls may
   * run at the same time. Rejects when no text can be computed, or when the embedder's signal aborts.
   */
  embed(texts: readonly string[]): Promise<readonly (TextVector | string)[]>;
  close(): Promise<void>;
}
