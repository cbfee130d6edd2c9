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
  readonly batchInvariant: boolean;
  /** Whether a text can run on several threads, with the same bits. */
  readonly runsWide: boolean;
  /** Padded tokens that a run should hold, as measured. */
  readonly groupBudget: number;
  /** Memory of the process when the model was loaded and had run. */
  readonly rssBytes: number;
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

// Asked of an inference process.
export const LOAD: Topic<ModelToLoad, LoadedModel> = { name: 'load' };
export const RUN: Topic<Group, Vectors> = { name: 'run' };
