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
  append(results: readonly Result[]): Promise<void>;
  /** Completes the output. */
  finish(): Promise<void>;
  /** Ends the output early. Resolves to the number of rows that another run can resume after; 0 = it leaves no files. */
  interrupt(): Promise<number>;
}

/** `done`, and these results. */
export function doneWith({ rows, written, failed }: Done, results: readonly Result[]): Done {
  const faults = results.filter(({ outcome }) => typeof outcome === 'string').length;
  return { rows: rows + results.length, written: written + results.length - faults, failed: failed + faults };
}
