import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { CommandError } from '../command-error.js';

/** Far above any text that a model reads, so that a file without line ends does not fill the memory. */
const LONGEST_LINE = 16 * 1024 * 1024;

export interface ByteCount {
  bytes: number;
}

/** The lines of a UTF-8 file without their ends (LF or CRLF) and without a byte order mark; counts the bytes of what it gave. */
export async function* readLines(path: string, read: ByteCount): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of createReadStream(path)) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new CommandError(`${path} has a line of over ${LONGEST_LINE} characters: is it a text file?`);
    for (const line of lines) {
      const isFirst = read.bytes === 0;
      read.bytes += Buffer.byteLength(line) + 1;
      yield bare(line, isFirst);
    }
  }
  rest += decoder.end();
  if (rest !== '') yield bare(rest, read.bytes === 0);
}

function bare(line: string, isFirst: boolean): string {
  const start = isFirst && line.startsWith('\uFEFF') ? 1 : 0;
  return line.slice(start, line.endsWith('\r') ? -1 : undefined);
}
