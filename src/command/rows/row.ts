import { titled, type ChunkPlace } from '../../chunks/index.js';
import { hasValue, valueAt } from './named-values.js';

const MOST_NAMES = 30;
const LONGEST_NAME = 60;

/** One row of the input: a text, or its fault. If documents are cut, each chunk is a row of its own. */
export interface Row {
  /** Counted from 1: the line at which the row ends, or for Parquet the row. 1 for a row that is a whole file. */
  readonly line: number;
  /** How messages call the row; undefined = by its line. */
  readonly name?: string;
  /** The input of the row, if there are several. */
  readonly file?: string;
  /** The id of the row, if the options name a column of ids. */
  readonly id?: string | number;
  /** The values of the columns that are copied to the output, by name. */
  readonly kept?: Readonly<Record<string, unknown>>;
  /** The name of the text, if it is one of these columns. A chunk has its own text there. */
  readonly keptText?: string;
  readonly text?: string;
  /** Stands before the text when it is embedded. */
  readonly title?: string;
  /** Undefined = the text is not cut. */
  readonly place?: ChunkPlace;
  /** The hash of the whole document and the options, for outputs that remember it. */
  readonly hash?: Buffer;
  readonly fault?: string;
}

/** Reads an input once, from its beginning; its use of memory does not depend on the size of the input. */
export interface RowSource {
  readonly rows: AsyncIterable<Row>;
  /** The share of the input that has been read, 0 to 1; undefined = the size is not known. */
  progress(): number | undefined;
  /** Counts files without a text, which became no rows; undefined = there are none. */
  emptyFiles?(): number;
}

/** Names of columns or fields. A dot leads into an object: `doc.body`. */
export interface RowNames {
  /** Undefined = the usual one of the format. */
  readonly text: string | undefined;
  /** Undefined = rows have no id. */
  readonly id: string | undefined;
  /** Undefined = rows have no title. */
  readonly title?: string | undefined;
  /** Copied to the output. */
  readonly kept: readonly string[];
}

export type TextNames = RowNames & { readonly text: string };

/** The names that the options ask for, each once. */
export function askedNames({ text, id, title, kept }: TextNames): readonly string[] {
  return [...new Set([text, ...[id, title].filter((name) => name !== undefined), ...kept])];
}

/** The text of a row that the model reads. */
export function textToEmbed({ title, text }: Row): string | undefined {
  return text === undefined || text === '' ? text : titled(title, text);
}

/** The row with a fault instead of its text. */
export function rowWithFault(row: Row, fault: string): Row {
  const { text: _, ...others } = row;
  return { ...others, fault };
}

/** Names for a message, which stays readable if there are many, or if a file without a header has texts in their place. */
export function listOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).map(shortened).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function shortened(name: string): string {
  const line = name.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}...` : line;
}

/** A row of an input whose rows have names, such as a CSV record or a JSON object. */
export function rowOf(record: Readonly<Record<string, unknown>>, line: number, names: TextNames): Row {
  const text = valueAt(record, names.text);
  const row = { line, ...(names.id !== undefined && idOf(valueAt(record, names.id))), ...keptOf(record, names) };
  const title = names.title === undefined ? undefined : (valueAt(record, names.title) ?? undefined);
  if (title !== undefined && typeof title !== 'string') return { ...row, fault: `has a ${names.title} that is not a string` };
  if (typeof text === 'string') return { ...row, ...(title !== undefined && { title }), text };
  if (text === null) return { ...row, text: '' };
  return { ...row, fault: hasValue(record, names.text) ? `has a ${names.text} that is not a string` : `has no ${names.text}` };
}

function idOf(value: unknown): { readonly id?: string | number } {
  if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return { id: value };
  return typeof value === 'bigint' ? { id: String(value) } : {};
}

function keptOf(record: Readonly<Record<string, unknown>>, { text, kept: names }: TextNames): Pick<Row, 'kept' | 'keptText'> {
  if (names.length === 0) return {};
  const kept = Object.fromEntries(names.map((name) => [name, valueAt(record, name) ?? null]));
  return { kept, ...(names.includes(text) && { keptText: text }) };
}
