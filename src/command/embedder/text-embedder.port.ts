import type { ChunkSize } from '../../chunks/index.js';
import type { Truncate } from '../../embedding/index.js';
import type { OutputType, TypedVector } from '../../vectors/index.js';
import type { CutDocument } from '../rows/chunked-rows.js';

export interface TextVector {
  /** In the requested type; float vectors have length one (L2). */
  readonly vector: TypedVector;
  readonly truncated: boolean;
}

/** How to read the texts of a file, and the form of their vectors. */
export interface EmbedderOptions {
  /** Undefined = the model's default. */
  readonly inputType: string | undefined;
  readonly truncate: Truncate;
  readonly outputType: OutputType;
  /** Undefined = texts are not cut into chunks. */
  readonly chunk: ChunkSize | undefined;
  readonly signal: AbortSignal;
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
   * run at the same time. Rejects when no text can be computed, or when the embedder's signal aborts. `inputType` is instead of
   * that of the options.
   */
  embed(texts: readonly string[], inputType?: string): Promise<readonly (TextVector | string)[]>;
  /** Cuts documents into chunks; undefined = the options do not ask for it. */
  readonly cut: CutDocument | undefined;
  close(): Promise<void>;
}
