import type { OutputType } from '../../vectors/index.js';

/** What a row of the output has. */
export interface OutputShape {
  readonly type: OutputType;
  /** Of the float vector. */
  readonly dimensions: number;
  /** Columns that are copied from the input. */
  readonly kept: readonly string[];
  /** Rows are chunks, and say their places. */
  readonly isChunked: boolean;
}
