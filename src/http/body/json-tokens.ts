import { isUtf8 } from 'node:buffer';
import { notJson, notUtf8 } from './body-errors.js';

type JsonValue = string | number | boolean | null;
/** `sign` is one of {}[]:, and `value` is what JSON.parse makes of a string, number, true, false or null. */
export type JsonToken = { readonly sign: string } | { readonly value: JsonValue };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_NOT_ASCII = 0x80;
const SIGNS: ReadonlyMap<number, JsonToken> = new Map(Array.from('{}[]:,', (sign) => [sign.charCodeAt(0), { sign }]));
/** 1 = the byte ends a number, true, false or null. */
const ENDS_LITERAL = new Uint8Array(256);
for (const byte of Buffer.from('{}[]:," \t\r\n')) ENDS_LITERAL[byte] = 1;
/** Pieces of one token that are kept apart: a token that comes byte by byte would otherwise fill the memory with pieces. */
const MOST_PIECES = 100;

/**
 * Cuts JSON into tokens as its bytes arrive. It keeps no more than the token that has begun. Whether the order of the
 * tokens makes sense is for the reader to decide. Throws for bytes that are not UTF-8 and for a token that JSON.parse
 * refuses. For a token of more than `longestBytes` it throws the error that `tooLong` makes.
 *
 * Used in place of the Tokenizer of @streamparser/json, which loses a U+FEFF at the beginning of a string.
 */
export class JsonTokens {
  private open: 'string' | 'literal' | undefined;
  private isEscaped = false;
  private isAscii = true;
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
        const sign = this.between(chunk[at] ?? 0);
        if (sign !== undefined) yield sign;
        if (this.open !== 'literal') at++; // a quote is not kept
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

  /** Reads a byte that is in no string or literal. Returns the sign that it is, if it is one. */
  private between(byte: number): JsonToken | undefined {
    if (byte === QUOTE) this.open = 'string';
    else if (ENDS_LITERAL[byte] === 0) this.open = 'literal';
    else return SIGNS.get(byte);
    return undefined;
  }

  /** Undefined = not in this chunk. */
  private endOfString(chunk: Buffer, from: number): number | undefined {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte >= FIRST_NOT_ASCII) this.isAscii = false;
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) return at + 1;
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
    const [only] = this.pieces;
    const bytes = only !== undefined && this.pieces.length === 1 ? only : Buffer.concat(this.pieces);
    const json = (this.open === 'string' ? '"' : '') + this.decoded(bytes);
    this.open = undefined;
    this.isAscii = true;
    this.pieces = [];
    this.bytes = 0;
    return { value: parsed(json) };
  }

  private decoded(bytes: Buffer): string {
    if (this.isAscii) return bytes.toString('latin1'); // literals too: JSON.parse refuses them with other characters
    if (!isUtf8(bytes)) throw notUtf8();
    return bytes.toString();
  }
}

function endOfLiteral(chunk: Buffer, from: number): number | undefined {
  for (let at = from; at < chunk.length; at++) if (ENDS_LITERAL[chunk[at] ?? 0] === 1) return at;
  return undefined;
}

function parsed(json: string): JsonValue {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    throw notJson();
  }
}
