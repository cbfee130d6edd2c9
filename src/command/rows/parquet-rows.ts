import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { CommandError } from '../command-error.js';
import { rowOf, type Row, type RowNames } from './row.js';

/** Rows of one row group that are read at a time. */
const ROWS_AT_ONCE = 4096;

/** Reads one row group after the other, and only the requested columns. */
export async function* parquetRows(path: string, { text = 'text', id }: RowNames, read: { fraction: number }): AsyncGenerator<Row> {
  const parquet = await openParquet(path);
  const { metadata } = parquet;
  const names = { text, id };
  const columns = id === undefined ? [text] : [text, id];
  const there = metadata.schema.slice(1).map(({ name }) => name);
  for (const column of columns) {
    if (!there.includes(column)) throw new CommandError(`${path} has no column ${column}: the columns are ${there.join(', ')}`);
  }
  const total = Number(metadata.num_rows);
  let start = 0;
  for (const { num_rows: groupRows } of metadata.row_groups) {
    const groupEnd = start + Number(groupRows);
    while (start < groupEnd) {
      const rowEnd = Math.min(start + ROWS_AT_ONCE, groupEnd);
      const records = await readRows(path, { ...parquet, columns, rowStart: start, rowEnd });
      for (const [index, record] of records.entries()) yield rowOf(record, start + index + 1, names);
      start = rowEnd;
      read.fraction = start / total;
    }
  }
}

interface OpenParquet {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
}

interface RowRange extends OpenParquet {
  readonly columns: string[];
  readonly rowStart: number;
  readonly rowEnd: number;
}

async function readRows(path: string, range: RowRange): Promise<readonly Record<string, unknown>[]> {
  const { parquetReadObjects } = await import('hyparquet');
  try {
    return await parquetReadObjects({ ...range, compressors: COMPRESSORS });
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const rows = `rows ${range.rowStart + 1} to ${range.rowEnd}`;
    throw new CommandError(`${path} is damaged, its ${rows} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function openParquet(path: string): Promise<OpenParquet> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  const file = await asyncBufferFromFile(path);
  try {
    return { file, metadata: await parquetMetadataAsync(file) };
  } catch (error) {
    throw new CommandError(`${path} is no Parquet file: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** hyparquet brings Snappy; Node brings these codecs, Zstandard from version 22.15 on. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => {
    if (!('zstdDecompressSync' in zlib))
      throw new CommandError('this Parquet file is compressed with Zstandard, which needs Node 22.15 or newer');
    return (zlib.zstdDecompressSync as (bytes: Uint8Array) => Uint8Array)(input);
  },
};
