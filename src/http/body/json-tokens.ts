import { isUtf8 } from 'node:buffer';
import { notJson, notUtf8 } from './body-errors.js';

/** `sign` is one of {}[]:, and `value` is what JSON.parse makes of a string, number, true, false or null. */
export type JsonToken = { readonly sign: string } | { readonly value: string | number | boolean | null };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SIGNS = new Set(Buffer.from('{}[]:,'));
const SPACES = new Set(Buffer.from(' \t\r\n'));
/** Pieces of one token that are kept apart: a token that comes byte by byte would otherwise fill the memory with pieces. */
const MOST_PIECES = 100;

/**
 * Cuts JSON into tokens as its bytes arrive. It keeps no more than the token that has begun. Whether the order of the tokens
 * makes sense is for the reader to decide. Throws for bytes that are not UTF-8, for a token that JSON.parse refuses, and what
 * `tooLong` makes for a token of more than `longestBytes`.
 */
export class JsonTokens {
  private open: 'string' | 'literal' | undefined;
  private isEscaped = false;
  private pieces: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly longestBytes: number,
    private readonly tooLong: () => Error,
  ) {}

  *push(chunk: Buffer): Generator<JsonToken> {
    let at = 0;
    while (at < chunk.length) {
      if (this.open === undefined) {
        const byte = chunk[at] ?? 0;
        if (SIGNS.has(byte)) yield { sign: String.fromCharCode(byte) };
        else if (!SPACES.has(byte)) this.open = byte === QUOTE ? 'string' : 'literal';
        if (this.open !== 'literal') at++; // the quote too
      } else {
        const end = this.open === 'string' ? this.endOfString(chunk, at) : endOfLiteral(chunk, at);
        this.keep(chunk.subarray(at, end));
        at = end ?? chunk.length;
        if (end !== undefined) yield this.take();
      }
    }
  }

  /** Call it when all bytes have been pushed. */
  *end(): Generator<JsonToken> {
    if (this.open !== undefined) yield this.take();
  }

  /** Undefined = not in this chunk. */
  private endOfString(chunk: Buffer, from: number): number | undefined {
    for (let at = from; at < chunk.length; at++) {
      if (this.isEscaped) this.isEscaped = false;
      else if (chunk[at] === BACKSLASH) this.isEscaped = true;
      else if (chunk[at] === QUOTE) return at + 1;
    }
    return undefined;
  }

  private keep(piece: Buffer): void {
    this.bytes += piece.length;
    if (this.bytes > this.longestBytes) throw this.tooLong();
    this.pieces.push(piece);
    if (this.pieces.length === MOST_PIECES) this.pieces = [Buffer.concat(this.pieces)];
  }

  private take(): JsonToken {
    const bytes = Buffer.concat(this.pieces);
    const json = this.open === 'string' ? `"${bytes.toString()}` : bytes.toString();
    this.open = undefined;
    this.pieces = [];
    this.bytes = 0;
    if (!isUtf8(bytes)) throw notUtf8();
    return { value: parsed(json) };
  }
}

function endOfLiteral(chunk: Buffer, from: number): number | undefined {
  const length = chunk.subarray(from).findIndex((byte) => byte === QUOTE || SIGNS.has(byte) || SPACES.has(byte));
  return length < 0 ? undefined : from + length;
}

function parsed(json: string): string | number | boolean | null {
  try {
    return JSON.parse(json) as string | number | boolean | null;
  } catch {
    throw notJson();
  }
}
