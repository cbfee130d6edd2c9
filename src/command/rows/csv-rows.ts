import { UsageError } from '../command-error.js';
import { csvRecords, type CsvRecord } from './csv-records.js';
import type { InputBytes } from './input-bytes.js';
import { askedNames, listOf, rowOf, type Row, type RowNames, type TextNames } from './row.js';

/** The first record names the columns. */
export async function* csvRows(bytes: InputBytes, names: RowNames, delimiter: string | undefined): AsyncGenerator<Row> {
  const { name } = bytes;
  let table: Table | undefined;
  for await (const record of csvRecords(bytes.chunks(), { name, delimiter })) {
    bytes.used += record.bytes;
    if (table === undefined) table = tableOf(record, names, name);
    else yield csvRow(record, table);
  }
}

interface Table {
  readonly header: readonly string[];
  readonly names: TextNames;
}

function tableOf({ line, fields, fault }: CsvRecord, names: RowNames, name: string): Table {
  if (fields === undefined) throw new UsageError(`line ${line} of ${name}, which names the columns, ${fault ?? 'is not CSV'}`);
  const header = fields.map((column) => column.trim());
  const table = { header, names: { ...names, text: names.text ?? textColumn(header, name) } };
  for (const asked of askedNames(table.names)) {
    const count = header.filter((column) => column === asked).length;
    if (count === 0) throw new UsageError(`${name} has no column ${asked}: the columns are ${listOf(header)}`);
    if (count > 1) throw new UsageError(`${name} has ${count} columns with the name ${asked}: rename the others`);
  }
  return table;
}

/** The column of the texts when the options name none. */
function textColumn(header: readonly string[], name: string): string {
  const [only] = header;
  if (header.length === 1 && only !== undefined) return only;
  if (header.includes('text')) return 'text';
  throw new UsageError(`name the column of the texts in ${name} with --column: the columns are ${listOf(header)}`);
}

function csvRow({ line, fields, fault }: CsvRecord, { header, names }: Table): Row {
  if (fields === undefined) return { line, fault: fault ?? 'is not CSV' };
  if (fields.slice(header.length).some((field) => field !== '')) {
    return {
      line,
      fault: `has ${fields.length} fields, and the header ${header.length}: put a text that contains the delimiter in quotes`,
    };
  }
  return rowOf(Object.fromEntries(header.map((column, index) => [column, fields[index]])), line, names);
}
