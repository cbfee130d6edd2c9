import type { RowSource } from '../rows/row.js';
import type { Result } from './result.js';

export interface Done {
  /** Rows of the input that are done, in its order. */
  readonly rows: number;
  /** Counts those of them that have a vector, and those that have a fault. */
  readonly written: number;
  readonly failed: number;
}

export const NOTHING_DONE: Done = { rows: 0, written: 0, failed: 0 };

/** Takes the results of the rows, in their order. Methods reject with a CommandError if the system refuses to write. */
export interface RowOutput {
  readonly done: Done;
  /** The rows of the source that the output does not have as they are; undefined = it takes all. */
  newOf?(source: RowSource): RowSource;
  append(results: readonly Result[]): Promise<void>;
  /** Completes the output. */
  finish(): Promise<void>;
  /** Lines for the user at the end, besides `done`. */
  remarks?(): readonly string[];
  /** Ends the output early. Resolves to how another run can resume; undefined = nothing stays. */
  interrupt(): Promise<string | undefined>;
}

/** `256 rows are saved` */
export function savedInWords(rows: number): string {
  return rows === 1 ? '1 row is saved' : `${rows} rows are saved`;
}

/** `done`, and these results. */
export function doneWith({ rows, written, failed }: Done, results: readonly Result[]): Done {
  const faults = results.filter(({ outcome }) => typeof outcome === 'string').length;
  return { rows: rows + results.length, written: written + results.length - faults, failed: failed + faults };
}
