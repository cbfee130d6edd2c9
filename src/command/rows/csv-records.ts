import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { linesBeforeFault } from '../../texts/index.js';
import { UsageError } from '../command-error.js';
import { likelyDelimiter } from './csv-delimiter.js';
import { faultOfLine } from './lines.js';

export interface CsvRecord {
  /** The line at which the record ends, counted from 1. */
  readonly line: number;
  /** The bytes of the record. */
  readonly bytes: number;
  /** Undefined = the record has a fault. */
  readonly fields?: readonly string[];
  readonly fault?: string;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Parsed at once, unless a record is larger. */
const BLOCK_BYTES = 64 * 1024;
const LARGEST_RECORD_BYTES = 16 * 1024 * 1024;

const QUOTE_NOT_CLOSED = 'CSV_QUOTE_NOT_CLOSED';

/** By the codes of csv-parse, which writes one of them without its prefix. */
const FAULTS: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: 'has a quote inside a field that is not in quotes: put the field in quotes, and write the quote twice',
  CSV_INVALID_CLOSING_QUOTE: 'has characters after a closing quote: write each quote inside a field in quotes twice',
  [QUOTE_NOT_CLOSED]: 'opens a quote that is never closed',
};

interface CsvOptions {
  /** The input in messages. */
  readonly name: string;
  /** Undefined = as the first line shows. */
  readonly delimiter: string | undefined;
}

/**
 * The records of a CSV by RFC 4180; a record may span several lines, and empty lines are skipped. After a record with a fault
 * the next line begins a record, so a stray quote spoils one line and not the rest of the file.
 */
export async function* csvRecords(chunks: AsyncIterable<Buffer>, options: CsvOptions): AsyncGenerator<CsvRecord> {
  const splitter = new RecordSplitter(options);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

class RecordSplitter {
  /** Begins where a record begins. */
  private pending: Buffer = Buffer.alloc(0);
  /** The line at which the pending bytes begin. */
  private line = 1;
  /** With fewer pending bytes, the quotes of the first record are still open. */
  private wanted = 1;
  private delimiter: string | undefined;
  private lineEnds: string[] | undefined;

  constructor(private readonly options: CsvOptions) {
    this.delimiter = options.delimiter;
  }

  *push(chunk: Buffer): Generator<CsvRecord> {
    this.pending = Buffer.concat([this.pending, chunk]);
    if (this.pending.byteLength < this.wanted) return;
    const size = this.pending.lastIndexOf(LINE_FEED) + 1;
    const isTooLong = this.pending.byteLength > LARGEST_RECORD_BYTES;
    if (isTooLong && size === 0) throw new UsageError(faultOfLine(this.options.name, { fault: 'too long', line: this.line }));
    yield* this.take(size, isTooLong);
  }

  *end(): Generator<CsvRecord> {
    yield* this.take(this.pending.byteLength, true);
  }

  /** Takes the records of the first bytes, which end with a line. `isComplete`: an open quote is a fault. */
  private *take(size: number, isComplete: boolean): Generator<CsvRecord> {
    let left = size;
    let atOnce = BLOCK_BYTES;
    while (left > 0) {
      const block = wholeLines(this.pending.subarray(0, left), atOnce);
      const { records, code } = this.parse(block);
      for (const { fields, bytes } of records) yield { ...this.cut(bytes), fields };
      const taken = records.reduce((sum, { bytes }) => sum + bytes, 0);
      left -= taken;
      if (code === QUOTE_NOT_CLOSED && block.byteLength - taken < left) atOnce *= 2;
      else if (code === QUOTE_NOT_CLOSED && !isComplete) break;
      else {
        const rest = this.cut(code === undefined ? block.byteLength - taken : endOfFirstLine(this.pending));
        left -= rest.bytes;
        if (code !== undefined) yield { ...rest, fault: FAULTS[code] ?? `is not CSV (${code})` };
        atOnce = BLOCK_BYTES;
      }
    }
    this.wanted = left > 0 ? Math.min(2 * this.pending.byteLength, LARGEST_RECORD_BYTES + 1) : 1;
  }

  /** The records before the first fault, and the code of the fault. */
  private parse(block: Buffer): { readonly records: readonly ParsedRecord[]; readonly code?: string } {
    this.checkEncoding(block);
    this.delimiter ??= likelyDelimiter(block.toString());
    this.lineEnds ??= block.includes(LINE_FEED) ? ['\r\n', '\n'] : ['\r'];
    const records: ParsedRecord[] = [];
    let end = 0;
    try {
      parse(block, {
        bom: this.line === 1,
        delimiter: this.delimiter,
        record_delimiter: this.lineEnds,
        relax_column_count: true,
        skip_empty_lines: true,
        on_record: (fields: string[], { bytes }) => {
          records.push({ fields, bytes: bytes - end });
          end = bytes;
          return null;
        },
      });
      return { records };
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return { records, code: error.code };
    }
  }

  private checkEncoding(block: Buffer): void {
    if (isUtf8(block)) return;
    const line = this.line + linesBeforeFault(block);
    throw new UsageError(faultOfLine(this.options.name, { fault: 'not UTF-8', line }));
  }

  /** Removes bytes at the beginning, and says at which line they end. */
  private cut(size: number): { readonly line: number; readonly bytes: number } {
    const bytes = this.pending.subarray(0, size);
    const feeds = lineFeeds(bytes);
    const line = this.line + feeds - (bytes.at(-1) === LINE_FEED ? 1 : 0);
    this.pending = this.pending.subarray(size);
    this.line += feeds;
    return { line, bytes: size };
  }
}

interface ParsedRecord {
  readonly fields: readonly string[];
  /** With the empty lines before it. */
  readonly bytes: number;
}

/** The lines that fit into `size` bytes, at least one. */
function wholeLines(bytes: Buffer, size: number): Buffer {
  if (bytes.byteLength <= size) return bytes;
  const end = bytes.lastIndexOf(LINE_FEED, size - 1);
  return bytes.subarray(0, (end >= 0 ? end : bytes.indexOf(LINE_FEED, size)) + 1 || bytes.byteLength);
}

/** Of the first line that is not empty. */
function endOfFirstLine(bytes: Buffer): number {
  const begin = bytes.findIndex((byte) => byte !== LINE_FEED && byte !== CARRIAGE_RETURN);
  return bytes.indexOf(LINE_FEED, begin) + 1 || bytes.byteLength;
}

function lineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
