import type { Pooling } from '../../../config/index.js';
import type { Topic } from '../../../link/index.js';

/** A model on this machine's disk, as transformers.js lays it out. */
export interface ModelFiles {
  readonly folder: string;
  readonly dtype: string;
  readonly pooling: Pooling;
}

export interface LoadedModel {
  readonly dimensions: number;
  readonly batchInvariant: boolean;
  /** Padded tokens that a run should hold, as measured. */
  readonly groupBudget: number;
}

/** The token ids of a group of texts. Texts stay with the parent: an inference process sees token ids only. */
export interface Group {
  /** One text after the other. */
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
}

export interface Vectors {
  /** Memory of the process after the run. */
  readonly rssBytes: number;
  /** One after the other, in the order of the texts. */
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly milliseconds: number;
}

// Asked of an inference process.
export const LOAD: Topic<ModelFiles, LoadedModel> = { name: 'load' };
export const RUN: Topic<Group, Vectors> = { name: 'run' };
