import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ChunkPlace } from '../../chunks/index.js';
import { grouped, parquetBytes, type ParquetColumn } from '../../parquet/index.js';
import { readLines } from '../rows/lines.js';
import type { OutputShape } from './output-shape.js';

/** Rows in memory at a time: 4096 vectors of 384 numbers take 13 MB in JavaScript. */
const ROWS_A_GROUP = 4096;

interface Line extends Partial<ChunkPlace> {
  readonly line: number;
  readonly embedding: readonly number[];
  readonly truncated: boolean;
  /** `file`, `id` and the columns that are copied from the input. */
  readonly [name: string]: unknown;
}

type ParquetShape = Pick<OutputShape, 'type' | 'kept' | 'isChunked'>;

/**
 * A Parquet file has its index at its end, so it is made from the finished lines: a crash before that loses nothing. Leaves no
 * file if it fails.
 */
export async function parquetFromLines(source: string, target: string, shape: ParquetShape): Promise<string> {
  try {
    const groups = grouped(parsedLines(source), { most: ROWS_A_GROUP, measure: () => 1 });
    await pipeline(parquetBytes(groups, columnsOf(shape)), createWriteStream(target));
    return target;
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

async function* parsedLines(path: string): AsyncGenerator<Line> {
  for await (const line of readLines(createReadStream(path) as AsyncIterable<Buffer>, path)) yield JSON.parse(line) as Line;
}

function columnsOf({ type, kept, isChunked }: ParquetShape): readonly ParquetColumn<Line>[] {
  const counts = isChunked ? (['line', 'chunk', 'start', 'end'] as const) : (['line'] as const);
  return [
    ...counts.map((name) => ({ name, kind: 'count', of: (line: Line) => line[name] }) as const),
    ...['id', ...kept].map((name) => ({ name, kind: 'text', isOptional: true, of: (line: Line) => textOf(line[name]) }) as const),
    { name: 'embedding', kind: 'vector', type, of: ({ embedding }) => embedding },
    { name: 'truncated', kind: 'flag', of: ({ truncated }) => truncated },
  ];
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
