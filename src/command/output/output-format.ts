import type { FileHandle } from 'node:fs/promises';
import { bytesOf, bytesPerNumber, noVector, NPY_HEADER_BYTES, npyHeader, sizeInType, vectorJson } from '../../vectors/index.js';
import { parquetFromLines } from './parquet-output.js';
import type { Row } from '../rows/row.js';
import type { OutputShape } from './output-shape.js';
import type { Result } from './result.js';

export const OUTPUT_FORMATS = ['jsonl', 'npy', 'parquet'] as const;
export type OutputName = (typeof OUTPUT_FORMATS)[number];

/** Turns results into a file: they are appended to a partial file, which is finished at the end. */
export interface OutputFormat {
  /** The bytes before the first result. */
  readonly head: Buffer;
  encode(results: readonly Result[]): Buffer;
  /** Completes the partial file, and returns the path of the file to rename. */
  finish(partial: PartialFile): Promise<string>;
}

interface PartialFile {
  readonly path: string;
  readonly file: FileHandle;
}

export function outputFormat(name: OutputName, shape: OutputShape): OutputFormat {
  switch (name) {
    case 'jsonl':
      return { head: Buffer.alloc(0), encode: encodeLines, finish: ({ path }) => Promise.resolve(path) };
    case 'npy':
      return npyFormat(shape);
    case 'parquet':
      return {
        head: Buffer.alloc(0),
        encode: encodeLines,
        finish: ({ path }) => parquetFromLines(path, `${path}.parquet`, shape),
      };
  }
}

/** One JSON object for each row that has a vector; numbers are written as the service writes them. */
function encodeLines(results: readonly Result[]): Buffer {
  let lines = '';
  for (const { row, outcome } of results) {
    if (typeof outcome === 'string') continue;
    lines += `{${members(row)},"embedding":${vectorJson(outcome.vector)},"truncated":${outcome.truncated}}\n`;
  }
  return Buffer.from(lines);
}

/** The fields of a row besides its vector. */
function members({ line, file, id, place, kept }: Row): string {
  return JSON.stringify({ line, file, id, ...place, ...kept }, (_, value: unknown) =>
    typeof value === 'bigint' ? numberOf(value) : value,
  ).slice(1, -1);
}

/** JSON has no larger integers that all readers understand. */
function numberOf(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** One row of the matrix for each row of the input, so that they can be matched by number; see noVector for rows without one. */
function npyFormat({ type, dimensions }: OutputShape): OutputFormat {
  const columns = sizeInType(dimensions, type);
  const empty = bytesOf(noVector(type, columns));
  return {
    head: Buffer.alloc(NPY_HEADER_BYTES, ' '),
    encode: (results) => Buffer.concat(results.map(({ outcome }) => (typeof outcome === 'string' ? empty : bytesOf(outcome.vector)))),
    finish: async ({ path, file }) => {
      const { size } = await file.stat();
      const rows = (size - NPY_HEADER_BYTES) / (columns * bytesPerNumber(type));
      await file.write(npyHeader(rows, columns, type), 0, NPY_HEADER_BYTES, 0);
      return path;
    },
  };
}
