import type { OutputType } from '../../vectors/index.js';

/** The fields of a row of the output. */
export interface OutputShape {
  readonly type: OutputType;
  /** The dimensions of the float vector. */
  readonly dimensions: number;
  /** Columns that are copied from the input. */
  readonly kept: readonly string[];
  /** Rows are chunks, and say their places. */
  readonly isChunked: boolean;
}
