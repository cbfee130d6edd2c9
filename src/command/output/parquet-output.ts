import { rm } from 'node:fs/promises';
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
export async function parquetFromLines(source: string, target: string): Promise<string> {
  const { fileWriter, ParquetWriter } = await import('hyparquet-writer');

  await rm(target, { force: true });
  const writer = new ParquetWriter({ writer: fileWriter(target), schema: [...SCHEMA], statistics: false });
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

const SCHEMA = [
  { name: 'root', num_children: 4 },
  { name: 'line', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'embedding', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  { name: 'truncated', type: 'BOOLEAN', repetition_type: 'REQUIRED' },
] as const;

function columnsOf(lines: readonly Line[]): { readonly name: string; readonly data: unknown[] }[] {
  return [
    { name: 'line', data: lines.map(({ line }) => BigInt(line)) },
    { name: 'id', data: lines.map(({ id }) => (id === undefined ? undefined : String(id))) },
    { name: 'embedding', data: lines.map(({ embedding }) => embedding) },
    { name: 'truncated', data: lines.map(({ truncated }) => truncated) },
  ];
}
