/**
 * The rows of a CSV (https://www.rfc-editor.org/rfc/rfc4180): fields in quotes may hold separators, line ends and doubled
 * quotes. All common line ends work. Empty lines are not rows.
 *
 * @param {string} text
 * @param {string} separator
 * @returns {string[][]}
 */
export function parseCsv(text, separator) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const { field, end, wasQuoted } = text[at] === '"' ? quotedField(text, at, separator) : plainField(text, at, separator);
    at = end;
    if (text[at] === separator) {
      row.push(field);
      at++;
      if (at < text.length) continue;
      row.push(''); // the text ends with a separator, so an empty field follows
    } else {
      row.push(field);
      if (text[at] === '\r' && text[at + 1] === '\n') at++;
      at++;
    }
    if (row.length > 1 || row[0] !== '' || wasQuoted) rows.push(row);
    row = [];
  }
  return rows;
}

/** In this order if they occur equally often. */
const SEPARATORS = [',', ';', '\t'];
const HEADER_CHARACTERS = 65_536;

/**
 * The separator that is most frequent in the first line, outside quotes: tables with decimal commas have semicolons. A comma
 * if there is none. The command for files has the same rule (csv-delimiter.ts), and both are tested with the same cases.
 *
 * @param {string} text
 */
export function likelySeparator(text) {
  const unquoted = text.slice(0, HEADER_CHARACTERS).replaceAll(/"(?:[^"]|"")*"?/g, '');
  const [header = ''] = unquoted.replace(/^[\uFEFF\r\n]+/, '').split(/[\r\n]/, 1);
  const count = (/** @type {string} */ separator) => header.split(separator).length;
  return SEPARATORS.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

/**
 * @param {string} text
 * @param {number} start
 * @param {string} separator
 */
function plainField(text, start, separator) {
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { field: text.slice(start, end), end, wasQuoted: false };
}

/**
 * @param {string} text
 * @param {number} start at the quote
 * @param {string} separator
 */
function quotedField(text, start, separator) {
  let field = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw new Error('A quote is opened and never closed.');
    field += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      // Characters after a closing quote are a mistake; they are kept, not lost.
      const rest = plainField(text, quote + 1, separator);
      return { field: field + rest.field, end: rest.end, wasQuoted: true };
    }
    field += '"';
    from = quote + 2;
  }
}
