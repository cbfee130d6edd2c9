import { isStandardStream } from '../standard-stream.js';
import type { FolderFile } from './folder-files.js';

export const INPUT_FORMATS = ['txt', 'md', 'csv', 'tsv', 'jsonl', 'parquet'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** A file with texts, a folder of documents, or standard input. */
export interface InputFile {
  readonly path: string;
  readonly format: InputFormat;
  /** The documents of a folder; undefined = it is no folder. */
  readonly files?: readonly FolderFile[] | undefined;
  /** Separates the fields of a CSV; undefined = the header shows it. */
  readonly delimiter?: string | undefined;
}

/** Whether the input has one text for each file, with its path as id, instead of rows with columns. */
export function isOfDocuments({ format }: Pick<InputFile, 'format'>): boolean {
  return format === 'md';
}

/** How messages name an input. */
export function nameOfInput({ path }: Pick<InputFile, 'path'>): string {
  return isStandardStream(path) ? 'standard input' : path;
}
