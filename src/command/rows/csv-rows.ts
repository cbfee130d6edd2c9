import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { CommandError } from '../command-error.js';
import type { ByteCount } from './lines.js';
import { rowOf, type Row, type RowNames } from './row.js';

const LARGEST_RECORD_BYTES = 16 * 1024 * 1024;

interface CsvRecord {
  /** Lines up to the end of the record. */
  readonly info: { readonly lines: number; readonly bytes: number };
  readonly record: Readonly<Record<string, string>>;
}

/** CSV by RFC 4180; the first record names the columns, and a record may span several lines. */
export async function* csvRows(path: string, names: RowNames, read: ByteCount & { readonly delimiter: string }): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => checkedHeader(header, names),
    delimiter: read.delimiter,
    info: true,
    max_record_size: LARGEST_RECORD_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  const file = createReadStream(path);
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  let text: string | undefined;
  try {
    for await (const { info, record } of parser as AsyncIterable<CsvRecord>) {
      text ??= names.text ?? textColumn(Object.keys(record));
      read.bytes = info.bytes;
      yield rowOf(record, info.lines, { text, id: names.id });
    }
  } catch (error) {
    if (error instanceof CommandError || !isCsvError(error)) throw error;
    throw new CommandError(`${path} is no CSV from line ${error.lines ?? '?'} on: ${error.message}`);
  } finally {
    file.destroy();
  }
}

function checkedHeader(header: readonly string[], names: RowNames): string[] {
  for (const name of [names.text ?? textColumn(header), names.id]) {
    if (name !== undefined && !header.includes(name))
      throw new CommandError(`there is no column ${name}: the columns are ${header.join(', ')}`);
  }
  return [...header];
}

/** The column of the texts when the options name none. */
function textColumn(header: readonly string[]): string {
  const [only] = header;
  if (header.length === 1 && only !== undefined) return only;
  if (header.includes('text')) return 'text';
  throw new CommandError(`say which column has the texts with --column: the columns are ${header.join(', ')}`);
}

function isCsvError(error: unknown): error is Error & { readonly lines?: number } {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('CSV_');
}
