/** In this order if they occur equally often. */
const DELIMITERS = [',', ';', '\t'];
const HEADER_CHARACTERS = 65_536;

/**
 * The delimiter that is most frequent in the first line, outside quotes: tables with decimal commas have semicolons. A comma
 * if there is none. csv.js of the front page has the same rule, and both are tested with the same cases.
 */
export function likelyDelimiter(content: string): string {
  const unquoted = content.slice(0, HEADER_CHARACTERS).replaceAll(/"(?:[^"]|"")*"?/g, '');
  const [header = ''] = unquoted.replace(/^[\uFEFF\r\n]+/, '').split(/[\r\n]/, 1);
  const count = (delimiter: string): number => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
