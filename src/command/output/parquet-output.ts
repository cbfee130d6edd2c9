import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ChunkPlace } from '../../chunks/index.js';
import type { OutputType } from '../../vectors/index.js';
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
    await rm(target, { force: true });
    await writeParquet(source, target, shape);
    return target;
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

async function writeParquet(source: string, target: string, shape: ParquetShape): Promise<void> {
  const { fileWriter, ParquetWriter } = await import('hyparquet-writer');
  const writer = new ParquetWriter({ writer: fileWriter(target), schema: [...schemaOf(shape)], statistics: false });
  let group: Line[] = [];
  const flush = async (): Promise<void> => {
    if (group.length === 0) return;
    await writer.write({ columnData: columnsOf(group, shape), rowGroupSize: ROWS_A_GROUP });
    group = [];
  };
  for await (const line of readLines(createReadStream(source) as AsyncIterable<Buffer>, source)) {
    if (group.push(JSON.parse(line) as Line) === ROWS_A_GROUP) await flush();
  }
  await flush();
  await writer.finish();
}

/** Parquet has no type of one byte: it keeps such numbers as INT32, and says in the converted type what they are. */
const ELEMENTS = {
  float: { type: 'FLOAT' },
  int8: { type: 'INT32', converted_type: 'INT_8' },
  binary: { type: 'INT32', converted_type: 'INT_8' },
  uint8: { type: 'INT32', converted_type: 'UINT_8' },
  ubinary: { type: 'INT32', converted_type: 'UINT_8' },
} as const satisfies Record<OutputType, object>;

/** A column of strings in which values may be missing. */
const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;

/** A column of whole numbers. */
const COUNT = { type: 'INT64', repetition_type: 'REQUIRED' } as const;

function schemaOf({ type, kept, isChunked }: ParquetShape) {
  const numbers = numberColumns(isChunked);
  const texts = textColumns(kept);
  return [
    { name: 'root', num_children: numbers.length + texts.length + 2 },
    ...numbers.map((name) => ({ name, ...COUNT })),
    ...texts.map((name) => ({ name, ...TEXT })),
    { name: 'embedding', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...ELEMENTS[type] },
    { name: 'truncated', type: 'BOOLEAN', repetition_type: 'REQUIRED' },
  ] as const;
}

function columnsOf(lines: readonly Line[], { kept, isChunked }: ParquetShape): { readonly name: string; readonly data: unknown[] }[] {
  return [
    ...numberColumns(isChunked).map((name) => ({ name, data: lines.map((line) => BigInt(line[name] ?? NaN)) })),
    ...textColumns(kept).map((name) => ({ name, data: lines.map((line) => textOf(line[name])) })),
    { name: 'embedding', data: lines.map(({ embedding }) => embedding) },
    { name: 'truncated', data: lines.map(({ truncated }) => truncated) },
  ];
}

function numberColumns(isChunked: boolean): readonly ('line' | keyof ChunkPlace)[] {
  return isChunked ? ['line', 'chunk', 'start', 'end'] : ['line'];
}

function textColumns(kept: readonly string[]): readonly string[] {
  return ['id', ...kept];
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
