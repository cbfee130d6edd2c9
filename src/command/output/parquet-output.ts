import { rm } from 'node:fs/promises';
import type { OutputType } from '../../vectors/index.js';
import { readLines } from '../rows/lines.js';

/** Rows in memory at a time: 4096 vectors of 384 numbers take 13 MB in JavaScript. */
const ROWS_A_GROUP = 4096;

interface Line {
  readonly line: number;
  readonly id?: string | number;
  readonly embedding: readonly number[];
  readonly truncated: boolean;
}

/** A Parquet file has its index at its end, so it is made from the finished lines: a crash before that loses nothing. */
export async function parquetFromLines(source: string, target: string, type: OutputType): Promise<string> {
  const { fileWriter, ParquetWriter } = await import('hyparquet-writer');

  await rm(target, { force: true });
  const writer = new ParquetWriter({ writer: fileWriter(target), schema: [...schemaOf(type)], statistics: false });
  let group: Line[] = [];
  const flush = async (): Promise<void> => {
    if (group.length === 0) return;
    await writer.write({ columnData: columnsOf(group), rowGroupSize: ROWS_A_GROUP });
    group = [];
  };
  for await (const line of readLines(source, { bytes: 0 })) {
    if (group.push(JSON.parse(line) as Line) === ROWS_A_GROUP) await flush();
  }
  await flush();
  await writer.finish();
  return target;
}

/** Parquet has no type of one byte: it keeps such numbers as INT32, and says in the converted type what they are. */
const ELEMENTS = {
  float: { type: 'FLOAT' },
  int8: { type: 'INT32', converted_type: 'INT_8' },
  binary: { type: 'INT32', converted_type: 'INT_8' },
  uint8: { type: 'INT32', converted_type: 'UINT_8' },
  ubinary: { type: 'INT32', converted_type: 'UINT_8' },
} as const satisfies Record<OutputType, object>;

function schemaOf(type: OutputType) {
  return [
    { name: 'root', num_children: 4 },
    { name: 'line', type: 'INT64', repetition_type: 'REQUIRED' },
    { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: 'embedding', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...ELEMENTS[type] },
    { name: 'truncated', type: 'BOOLEAN', repetition_type: 'REQUIRED' },
  ] as const;
}

function columnsOf(lines: readonly Line[]): { readonly name: string; readonly data: unknown[] }[] {
  return [
    { name: 'line', data: lines.map(({ line }) => BigInt(line)) },
    { name: 'id', data: lines.map(({ id }) => (id === undefined ? undefined : String(id))) },
    { name: 'embedding', data: lines.map(({ embedding }) => embedding) },
    { name: 'truncated', data: lines.map(({ truncated }) => truncated) },
  ];
}
