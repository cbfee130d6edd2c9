import { isStandardStream } from '../standard-stream.js';

export const INPUT_FORMATS = ['txt', 'csv', 'tsv', 'jsonl', 'parquet'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** A file with texts, or standard input. */
export interface InputFile {
  readonly path: string;
  readonly format: InputFormat;
  /** Separates the fields of a CSV; undefined = the header shows it. */
  readonly delimiter?: string | undefined;
}

/** How messages name an input. */
export function nameOfInput({ path }: Pick<InputFile, 'path'>): string {
  return isStandardStream(path) ? 'standard input' : path;
}
