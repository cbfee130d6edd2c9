/** The texts of a field that takes one a line. @param {string} written */
export function linesOf(written) {
  return written
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
