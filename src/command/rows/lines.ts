import { createReadStream } from 'node:fs';
import { LineError, linesOf } from '../../texts/index.js';
import { CommandError } from '../command-error.js';

/** Far longer than any text that a model reads; bounds the memory for a file without line ends. */
const LONGEST_LINE = 16 * 1024 * 1024;

export interface ByteCount {
  bytes: number;
}

/** Reads the lines of a UTF-8 file without line ends (LF or CRLF) and byte order mark, and counts the bytes read. */
export async function* readLines(path: string, read: ByteCount): AsyncGenerator<string> {
  try {
    for await (const line of linesOf(createReadStream(path) as AsyncIterable<Buffer>, LONGEST_LINE)) {
      read.bytes += Buffer.byteLength(line) + 1;
      yield line;
    }
  } catch (error) {
    throw error instanceof LineError ? new CommandError(faultOfFile(path, error)) : error;
  }
}

function faultOfFile(path: string, { fault, line }: LineError): string {
  if (fault === 'too long') return `line ${line} of ${path} has over ${LONGEST_LINE} characters: is it a text file?`;
  return `line ${line} of ${path} is not UTF-8: convert the file, for example with iconv -t utf-8`;
}
