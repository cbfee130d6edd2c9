/**
 * The rows of a CSV (https://www.rfc-editor.org/rfc/rfc4180): fields in quotes may hold separators, line ends and doubled
 * quotes. Lines may end as on any system. Empty lines are no rows.
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
      row.push(''); // a separator at the very end: an empty field follows it
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
      // What follows a closing quote by mistake is kept rather than lost.
      const rest = plainField(text, quote + 1, separator);
      return { field: field + rest.field, end: rest.end, wasQuoted: true };
    }
    field += '"';
    from = quote + 2;
  }
}
