import type { VectorRanges } from '../vectors/index.js';
import type { Prompts } from './prompts.js';

/** Sizes below its own that a model's vectors may be cut to, because it was trained for that (Matryoshka). */
export interface OutputSizes {
  /** `least`: every size from there on. */
  readonly smaller: readonly number[] | { readonly least: number };
  /** Whether a layer norm comes before the cut, as nomic-embed-text asks. */
  readonly layerNormFirst: boolean;
}

/** Facts about the served model that callers may know, beside its space. */
export interface ModelTraits {
  /** How token vectors become one, in words: `mean`, `cls, dense 768 to 3072`. */
  readonly pooling: string;
  readonly prompts: Prompts;
  readonly sizes: OutputSizes;
  /** The ends of each dimension, for vectors of whole numbers; undefined = they were not measured. */
  readonly ranges?: VectorRanges | undefined;
}

export const NO_SMALLER_SIZES: OutputSizes = { smaller: [], layerNormFirst: false };
