import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import type { AsyncBuffer, Compressors, FileMetaData, SchemaTree } from 'hyparquet';
import { UsageError } from '../command-error.js';
import { askedNames, listOf, rowOf, type Row, type RowNames } from './row.js';

/** Rows of one row group that are read at a time. */
const ROWS_AT_ONCE = 4096;

/** Reads one row group after the other, and only the requested columns. */
export async function* parquetRows(path: string, { text = 'text', ...others }: RowNames, read: { fraction: number }): AsyncGenerator<Row> {
  const names = { text, ...others };
  const parquet = await openParquet(path);
  const { metadata } = parquet;
  const columns = await columnsOf(metadata, askedNames(names), path);
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

/** The columns that have these names; `doc.body` is in the column `doc`. */
async function columnsOf(metadata: FileMetaData, names: readonly string[], path: string): Promise<string[]> {
  const { parquetSchema } = await import('hyparquet');
  const schema = parquetSchema(metadata);
  const columns = names.map((name) => {
    const column = columnWith(schema, name);
    if (column !== undefined) return column;
    const there = schema.children.map(({ element }) => element.name);
    throw new UsageError(`${path} has no column ${name}: the columns are ${listOf(there)}`);
  });
  return [...new Set(columns)];
}

function columnWith({ children }: SchemaTree, name: string): string | undefined {
  const exact = children.find(({ element }) => element.name === name);
  if (exact !== undefined) return name;
  const [outer = '', ...inner] = name.split('.');
  const parent = children.find(({ element }) => element.name === outer);
  if (parent === undefined || inner.length === 0) return undefined;
  if (parent.element.converted_type === 'JSON') return outer;
  return columnWith(parent, inner.join('.')) === undefined ? undefined : outer;
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
    return await parquetReadObjects({ ...range, compressors: await compressorsOfNode() });
  } catch (error) {
    const rows = `rows ${range.rowStart + 1} to ${range.rowEnd}`;
    throw new UsageError(`${path} is damaged: its ${rows} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function openParquet(path: string): Promise<OpenParquet> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  const file = await asyncBufferFromFile(path);
  try {
    return { file, metadata: await parquetMetadataAsync(file) };
  } catch (error) {
    throw new UsageError(`${path} is not a Parquet file: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** hyparquet brings Snappy; Node brings these codecs, Zstandard from version 22.15 on. */
async function compressorsOfNode(): Promise<Compressors> {
  const { decompressZstd } = await import('hyparquet-compressors');
  return {
    GZIP: (input) => gunzipSync(input),
    BROTLI: (input) => brotliDecompressSync(input),
    ZSTD: 'zstdDecompressSync' in zlib ? (zlib.zstdDecompressSync as (bytes: Uint8Array) => Uint8Array) : (input) => decompressZstd(input),
  };
}
