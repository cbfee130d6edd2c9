import { UsageError } from '../command-error.js';
import type { InputBytes } from './input-bytes.js';
import { readLines } from './lines.js';
import { hasValue, isNamedValues } from './named-values.js';
import { askedNames, listOf, rowOf, type Row, type RowNames, type TextNames } from './row.js';

/** Fields are looked for in as many rows at the beginning. */
const ROWS_WITH_FIELDS = 256;

/** Every line is a text. */
export async function* textRows(bytes: InputBytes): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of countedLines(bytes)) yield { line: ++line, text };
}

/** Every line is a JSON object with the text in a field, or a JSON string; blank lines are skipped. */
export async function* jsonlRows(bytes: InputBytes, { text = 'text', ...others }: RowNames): AsyncGenerator<Row> {
  const names = { text, ...others };
  const fields = new FieldCheck(bytes.name, names);
  let line = 0;
  for await (const json of countedLines(bytes)) {
    line++;
    if (json.trim() === '') continue;
    const value = valueOf(json);
    fields.see(value);
    yield jsonRow(value, line, names);
  }
  fields.end();
}

async function* countedLines(bytes: InputBytes): AsyncGenerator<string> {
  for await (const line of readLines(bytes.chunks(), bytes.name)) {
    bytes.used += Buffer.byteLength(line) + 1;
    yield line;
  }
}

/** Undefined = the line is not JSON. */
function valueOf(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

function jsonRow(value: unknown, line: number, names: TextNames): Row {
  if (value === undefined) return { line, fault: 'is not JSON' };
  if (typeof value === 'string') return { line, text: value };
  return isNamedValues(value) ? rowOf(value, line, names) : { line, fault: 'is not a JSON object' };
}

/** Refuses an input in which no row has a field that the options ask for. */
class FieldCheck {
  private readonly there = new Set<string>();
  private readonly missing: Set<string>;
  private objects = 0;
  private isOver = false;

  constructor(
    private readonly name: string,
    private readonly names: TextNames,
  ) {
    this.missing = new Set(askedNames(names));
  }

  see(value: unknown): void {
    if (typeof value === 'string') this.missing.delete(this.names.text);
    if (this.isOver || !isNamedValues(value)) return;
    for (const name of Object.keys(value)) this.there.add(name);
    for (const name of this.missing) if (hasValue(value, name)) this.missing.delete(name);
    if (++this.objects === ROWS_WITH_FIELDS) this.end();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    const [name] = this.missing;
    if (name === undefined || this.objects === 0) return;
    throw new UsageError(`${this.name} has no field ${name}: the fields are ${listOf([...this.there])}`);
  }
}
