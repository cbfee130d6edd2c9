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
 * @property {(column: string) => readonly { id?: string, text: string }[]} items without those that are empty
 */

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
  return content.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
}

/**
 * @param {readonly string[]} lines
 * @returns {FileTexts}
 */
function fromLines(lines) {
  const items = lines.map((line) => ({ text: line.trim() })).filter(({ text }) => text !== '');
  return { columns: [], likely: '', items: () => items };
}

/**
 * @param {readonly (readonly string[])[]} rows
 * @returns {FileTexts}
 */
function fromTable([head = [], ...rows]) {
  const columns = head.map((name, index) => name.trim() || `column ${index + 1}`);
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
function fromRows(columns, rows) {
  const items = (/** @type {string} */ column) =>
    rows.flatMap((row) => {
      const text = row[column];
      if (typeof text !== 'string' || text.trim() === '') return [];
      const id = row['id'];
      return [typeof id === 'string' || typeof id === 'number' ? { id: String(id), text } : { text }];
    });
  const usual = USUAL_NAMES.map((name) => columns.find((column) => column.toLowerCase() === name)).find((name) => name !== undefined);
  return { columns, likely: usual ?? longest(columns, rows), items };
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
