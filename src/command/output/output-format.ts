import type { FileHandle } from 'node:fs/promises';
import { float32Json, NPY_HEADER_BYTES, npyHeader } from '../../vectors/index.js';
import { parquetFromLines } from './parquet-output.js';
import type { Result } from './result.js';

export const OUTPUT_FORMATS = ['jsonl', 'npy', 'parquet'] as const;
export type OutputName = (typeof OUTPUT_FORMATS)[number];

interface OutputTotals {
  /** Vectors in the partial file. */
  readonly written: number;
  readonly dimensions: number;
}

/** Turns results into a file: they are appended to a partial file, which is finished at the end. */
export interface OutputFormat {
  /** The bytes before the first result. */
  readonly head: Buffer;
  encode(results: readonly Result[], dimensions: number): Buffer;
  /** Completes the partial file, and returns the path of the file to rename. */
  finish(partial: { readonly path: string; readonly file: FileHandle }, totals: OutputTotals): Promise<string>;
}

export function outputFormat(name: OutputName): OutputFormat {
  switch (name) {
    case 'jsonl':
      return { head: Buffer.alloc(0), encode: encodeLines, finish: ({ path }) => Promise.resolve(path) };
    case 'npy':
      return { head: Buffer.alloc(NPY_HEADER_BYTES, ' '), encode: encodeFloats, finish: finishNpy };
    case 'parquet':
      return { head: Buffer.alloc(0), encode: encodeLines, finish: ({ path }) => parquetFromLines(path, `${path}.parquet`) };
  }
}

/** One JSON object for each row that has a vector; numbers are written as the service writes them. */
function encodeLines(results: readonly Result[]): Buffer {
  let lines = '';
  for (const { row, outcome } of results) {
    if (typeof outcome === 'string') continue;
    const id = row.id === undefined ? '' : `,"id":${JSON.stringify(row.id)}`;
    lines += `{"line":${row.line}${id},"embedding":${float32Json(outcome.vector)},"truncated":${outcome.truncated}}\n`;
  }
  return Buffer.from(lines);
}

/** One row of the matrix for each row of the input, so that they can be matched by number: NaN where there is no vector. */
function encodeFloats(results: readonly Result[], dimensions: number): Buffer {
  const floats = new Float32Array(results.length * dimensions).fill(NaN);
  results.forEach(({ outcome }, index) => {
    if (typeof outcome !== 'string') floats.set(outcome.vector, index * dimensions);
  });
  return Buffer.from(floats.buffer);
}

async function finishNpy(
  { path, file }: { readonly path: string; readonly file: FileHandle },
  { dimensions }: OutputTotals,
): Promise<string> {
  const { size } = await file.stat();
  const rows = (size - NPY_HEADER_BYTES) / (dimensions * Float32Array.BYTES_PER_ELEMENT);
  await file.write(npyHeader(rows, dimensions), 0, NPY_HEADER_BYTES, 0);
  return path;
}
