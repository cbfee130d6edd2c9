import { readLines, type ByteCount } from './lines.js';
import { rowOf, type Row, type RowNames } from './row.js';

/** Every line is a text. */
export async function* textRows(path: string, _names: RowNames, read: ByteCount): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of readLines(path, read)) yield { line: ++line, text };
}

/** Every line is a JSON object with the text in a field, or a JSON string; blank lines are skipped. */
export async function* jsonlRows(path: string, { text = 'text', id }: RowNames, read: ByteCount): AsyncGenerator<Row> {
  let line = 0;
  for await (const json of readLines(path, read)) {
    line++;
    if (json.trim() !== '') yield jsonRow(json, line, { text, id });
  }
}

function jsonRow(json: string, line: number, names: RowNames & { readonly text: string }): Row {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { line, fault: 'is no JSON' };
  }
  if (typeof value === 'string') return { line, text: value };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { line, fault: 'is no JSON object' };
  return rowOf(value as Record<string, unknown>, line, names);
}
