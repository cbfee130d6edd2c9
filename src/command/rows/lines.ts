import { LineError, linesOf } from '../../texts/index.js';
import { UsageError } from '../command-error.js';
import { LONGEST_DOCUMENT } from './chunked-rows.js';

/** Bounds the memory for a file without line ends. */
const LONGEST_LINE = LONGEST_DOCUMENT;

/** Reads the lines of UTF-8 text without line ends (LF or CRLF) and byte order mark. `name` stands in messages. */
export async function* readLines(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<string> {
  try {
    yield* linesOf(chunks, LONGEST_LINE);
  } catch (error) {
    throw error instanceof LineError ? new UsageError(faultOfLine(name, error)) : error;
  }
}

export function faultOfLine(name: string, { fault, line }: Pick<LineError, 'fault' | 'line'>): string {
  if (fault === 'too long') return `line ${line} of ${name} has over ${LONGEST_LINE} characters: is it a text file?`;
  return `line ${line} of ${name} is not UTF-8: convert the file, for example with iconv -f windows-1252 -t utf-8`;
}
