/** One row of the input: a text, or its fault. */
export interface Row {
  /** Counted from 1: the line at which the row ends, or for Parquet the row. */
  readonly line: number;
  /** The id of the row, if the options name a column of ids. */
  readonly id?: string | number;
  readonly text?: string;
  readonly fault?: string;
}

/** Reads a file once, from its beginning; its use of memory does not depend on the file's size. */
export interface RowSource {
  readonly rows: AsyncIterable<Row>;
  /** The share of the file that has been read, 0 to 1. */
  progress(): number;
}

export interface RowNames {
  /** Column or field of the text; undefined = the usual one of the format. */
  readonly text: string | undefined;
  /** Column or field of the id; undefined = rows have none. */
  readonly id: string | undefined;
}

/** A row of an input whose rows have names, such as a CSV record or a JSON object. */
export function rowOf(record: Readonly<Record<string, unknown>>, line: number, names: RowNames & { readonly text: string }): Row {
  const text = record[names.text];
  const id = names.id === undefined ? {} : idOf(record[names.id]);
  if (typeof text === 'string') return { line, ...id, text };
  return { line, ...id, fault: text === undefined || text === null ? `has no ${names.text}` : `${names.text} is no text` };
}

function idOf(value: unknown): { readonly id?: string | number } {
  if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return { id: value };
  return typeof value === 'bigint' ? { id: String(value) } : {};
}
