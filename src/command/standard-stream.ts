/** The path that means standard input or standard output. */
const STANDARD_STREAM = '-';

export function isStandardStream(path: string): boolean {
  return path === STANDARD_STREAM;
}
