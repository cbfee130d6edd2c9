import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

const LINE_FEED = 0x0a;
const LONGEST_CHARACTER = 4;
/** The bytes of a longer character: a lead, then continuations from 0x80 to 0xbf. */
const [FIRST_CONTINUATION, FIRST_LEAD] = [0x80, 0xc0];

export type LineFault = 'too long' | 'not UTF-8';

/** Where a stream of lines cannot be read on. */
export class LineError extends Error {
  constructor(
    readonly fault: LineFault,
    /** Counts from 1. */
    readonly line: number,
    options?: ErrorOptions,
  ) {
    super(`line ${line} is ${fault}`, options);
  }
}

/**
 * The lines of UTF-8 bytes, without LF or CRLF and without a byte order mark; the last one only if it is not empty.
 * Throws a LineError for bytes that are no UTF-8 and for a line of more than `longest` characters (UTF-16 code units),
 * of which no more than that is kept in memory.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<string> {
  const splitter = new LineSplitter(longest);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

class LineSplitter {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private line = 1;
  /** The bytes of a character whose end is in the next chunk. */
  private begun: Uint8Array = new Uint8Array();
  private parts: string[] = [];
  private length = 0;

  constructor(private readonly longest: number) {}

  *push(chunk: Uint8Array): Generator<string> {
    const text = this.decode(chunk);
    this.begun = begunCharacter(Buffer.concat([this.begun, chunk.subarray(-LONGEST_CHARACTER)]));
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.keep(text.slice(from, end));
      yield this.take();
      from = end + 1;
    }
    this.keep(text.slice(from));
  }

  *end(): Generator<string> {
    this.keep(this.decode());
    if (this.length > 0) yield this.take();
  }

  private keep(part: string): void {
    this.length += part.length;
    if (this.length > this.longest) throw new LineError('too long', this.line);
    if (part !== '') this.parts.push(part);
  }

  private take(): string {
    const text = this.parts.join('');
    this.parts = [];
    this.length = 0;
    this.line++;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  private decode(chunk?: Uint8Array): string {
    try {
      return this.decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      const linesBefore = linesBeforeFault(Buffer.concat([this.begun, chunk ?? new Uint8Array()]));
      throw new LineError('not UTF-8', this.line + linesBefore, { cause });
    }
  }
}

/**
 * The lines before the first one that is not UTF-8, in bytes that begin with a line. A line feed is never a part of a longer
 * character, so lines can be told apart before they are decoded.
 */
export function linesBeforeFault(bytes: Buffer): number {
  let lines = 0;
  for (let from = 0, end = bytes.indexOf(LINE_FEED); end >= 0 && isUtf8(bytes.subarray(from, end)); end = bytes.indexOf(LINE_FEED, from)) {
    from = end + 1;
    lines++;
  }
  return lines;
}

/** The bytes at the end of valid UTF-8 that begin a character and do not end it. */
function begunCharacter(bytes: Buffer): Uint8Array {
  const begin = bytes.findLastIndex((byte) => byte < FIRST_CONTINUATION || byte >= FIRST_LEAD);
  const lead = bytes[begin] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= FIRST_LEAD ? 2 : 1;
  return begin + length > bytes.length ? Uint8Array.from(bytes.subarray(begin)) : new Uint8Array();
}
