import type { Topic } from '../../../link/index.js';
import type { ModelCard } from '../model/card/model-card.js';

export interface ModelToLoad {
  readonly card: ModelCard;
  /** Threads of each run. */
  readonly threads: number;
  /** Threads of a second session, for a text that comes alone; 1 = there is none. */
  readonly width: number;
}

export interface LoadedModel {
  /** Whether a text can run on several threads, with the same bits. */
  readonly runsWide: boolean;
  /** Memory of the process when the model was loaded and had run. */
  readonly rssBytes: number;
}

/** What is the same in every process with this model. */
export interface MeasuredModel {
  readonly batchInvariant: boolean;
  /** Padded tokens that a run should hold. */
  readonly groupBudget: number;
}

/** The token ids of a group of texts. Texts stay with the parent: an inference process sees token ids only. */
export interface Group {
  /** One text after the other. */
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  /** How many of each text's first ids are of its prompt; undefined = the pooling need not know. */
  readonly promptTokens: Int32Array | undefined;
  /** Whether it runs on all cores, because nothing else waits for them. */
  readonly isWide: boolean;
}

export interface Vectors {
  /** Each of length one, one after the other, in the order of the texts. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Their lengths before they were scaled. */
  readonly lengths: Float32Array<ArrayBuffer>;
  readonly milliseconds: number;
  /** Memory of the process after the run. */
  readonly rssBytes: number;
}

// Asked of an inference process. The model must be loaded before the others.
export const LOAD: Topic<ModelToLoad, LoadedModel> = { name: 'load' };
export const MEASURE: Topic<undefined, MeasuredModel> = { name: 'measure' };
export const RUN: Topic<Group, Vectors> = { name: 'run' };
