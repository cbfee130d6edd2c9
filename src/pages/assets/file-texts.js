import { likelySeparator, parseCsv } from './csv.js';

/** Usual names of the column with the text. */
const USUAL_NAMES = ['text', 'content', 'body', 'document', 'passage', 'sentence', 'question', 'description', 'title'];

/** @typedef {Readonly<Record<string, unknown>>} Row */

/**
 * The texts of a file.
 *
 * @typedef {object} FileTexts
 * @property {readonly string[]} columns to choose from; none = each line is a text
 * @property {string} likely the column that is probably meant
 * @property {(column: string) => readonly Item[]} items one for each row
 */

/** A row of the file as POST /jobs takes it. Null = it has no text, and keeps its place without a vector. @typedef {{ id?: string, text: string | null }} Item */

/**
 * @param {string} name its ending says how to read it: .csv, .tsv, .jsonl, .ndjson; anything else has a text on each line
 * @param {string} content
 * @returns {FileTexts}
 */
export function readFileTexts(name, content) {
  switch (name.toLowerCase().split('.').at(-1) ?? '') {
    case 'csv':
      return fromTable(parseCsv(content, likelySeparator(content)));
    case 'tsv':
      return fromTable(parseCsv(content, '\t'));
    case 'jsonl':
    case 'ndjson':
      return fromJsonLines(linesOf(content));
    default:
      return fromLines(linesOf(content));
  }
}

/** @param {string} content */
function linesOf(content) {
  const text = content.replace(/^\uFEFF/, '');
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

/**
 * @param {readonly string[]} lines
 * @returns {FileTexts}
 */
function fromLines(lines) {
  const items = lines.map(itemOf);
  return { columns: [], likely: '', items: () => items };
}

/**
 * @param {readonly (readonly string[])[]} rows
 * @returns {FileTexts}
 */
function fromTable([head = [], ...rows]) {
  const columns = head.map((name, index) => name.trim() || `column ${index + 1}`);
  for (const [index, row] of rows.entries()) {
    if (row.slice(columns.length).every((field) => field === '')) continue;
    const widths = `${row.length} fields, and the header ${columns.length}`;
    throw new Error(`Row ${index + 1} below the header has ${widths}. Put a text with separators in quotes.`);
  }
  return fromRows(
    columns,
    rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]]))),
  );
}

/**
 * @param {readonly string[]} lines
 * @returns {FileTexts}
 */
function fromJsonLines(lines) {
  const values = lines.flatMap((line, index) => (line.trim() === '' ? [] : [jsonOf(line, index)]));
  if (values.every((value) => typeof value === 'string')) return fromLines(values);
  const rows = values.map((value) => (typeof value === 'object' && value !== null ? /** @type {Row} */ (value) : { text: value }));
  const columns = new Set(rows.flatMap((row) => Object.keys(row).filter((name) => typeof row[name] === 'string')));
  return fromRows([...columns], rows);
}

/**
 * @param {string} line
 * @param {number} index
 * @returns {unknown}
 */
function jsonOf(line, index) {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`Line ${index + 1} is not JSON.`);
  }
}

/**
 * @param {readonly string[]} columns
 * @param {readonly Row[]} rows
 * @returns {FileTexts}
 */
export function fromRows(columns, rows) {
  const items = (/** @type {string} */ column) =>
    rows.map((row) => {
      const id = row['id'];
      return { ...(['string', 'number', 'bigint'].includes(typeof id) ? { id: String(id) } : {}), ...itemOf(row[column]) };
    });
  const usual = USUAL_NAMES.map((name) => columns.find((column) => column.toLowerCase() === name)).find((name) => name !== undefined);
  return { columns, likely: usual ?? longest(columns, rows), items };
}

/** @param {unknown} text */
function itemOf(text) {
  return { text: typeof text === 'string' && text !== '' ? text : null };
}

/**
 * The column with the most characters in the first rows.
 *
 * @param {readonly string[]} columns
 * @param {readonly Row[]} rows
 */
function longest(columns, rows) {
  const length = (/** @type {string} */ column) =>
    rows.slice(0, 50).reduce((sum, { [column]: value }) => sum + (typeof value === 'string' ? value.length : 0), 0);
  return columns.toSorted((left, right) => length(right) - length(left))[0] ?? '';
}
