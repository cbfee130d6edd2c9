import type { Pooling } from '../../../config/index.js';

/** What the parent asks of an inference process. Texts stay with the parent: a worker sees token ids only. */
export type WorkerRequest =
  { readonly type: 'load'; readonly model: ModelFiles } | { readonly type: 'run'; readonly ids: Int32Array; readonly lengths: Int32Array };

export type WorkerReply =
  | { readonly type: 'ready'; readonly dimensions: number; readonly batchInvariant: boolean; readonly groupBudget: number }
  | { readonly type: 'load-failed'; readonly message: string }
  | { readonly type: 'vectors'; readonly vectors: Float32Array<ArrayBuffer>; readonly milliseconds: number; readonly rssBytes: number }
  | { readonly type: 'run-failed'; readonly message: string };

/** A model on this machine's disk, as transformers.js lays it out. */
export interface ModelFiles {
  readonly folder: string;
  readonly dtype: string;
  readonly pooling: Pooling;
}
