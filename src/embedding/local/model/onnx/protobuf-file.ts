import { closeSync, fstatSync, openSync } from 'node:fs';
import { readAt } from '../read-at.js';

/** A part of the file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where the content of a field lies in the file, or its value where it is a number. */
export interface Field extends Range {
  readonly number: number;
  /** The value of a varint; 0 for other fields. */
  readonly value: number;
  readonly wireType: number;
}

const WINDOW_BYTES = 64 * 1024;
/** Wire types (https://protobuf.dev/programming-guides/encoding/). */
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
const FIXED_32 = 5;

/**
 * Reads protobuf's wire format from a file, field by field. It reads only what is asked for, because the weights of a
 * model are gigabytes. Its owner closes it.
 */
export class ProtobufFile {
  readonly size: number;
  private readonly descriptor: number;
  private window: Buffer = Buffer.alloc(0);
  private windowStart = 0;

  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
    this.size = fstatSync(this.descriptor).size;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** The fields of the message between two places. Throws for bytes that are no protobuf. */
  *fields({ start, end }: Range): Generator<Field> {
    let at = start;
    while (at < end) {
      const tag = this.varint(at);
      const number = Math.floor(tag.value / 8);
      const field = this.content(number, tag.value % 8, tag.end);
      if (number === 0 || field.end > end) throw new Error('it is no ONNX file, or is cut off');
      yield field;
      at = field.end;
    }
  }

  /** The same, and where each field lies together with its tag. */
  *ranges(message: Range): Generator<{ readonly field: Field; readonly range: Range }> {
    let { start } = message;
    for (const field of this.fields(message)) {
      yield { field, range: { start, end: field.end } };
      start = field.end;
    }
  }

  text({ start, end }: Field): string {
    return this.bytes(start, end).toString('utf8');
  }

  /** The whole numbers of a repeated field: one, or many that are packed into it. */
  numbers(field: Field): readonly number[] {
    if (field.wireType === VARINT) return [field.value];
    const numbers: number[] = [];
    for (let at = field.start; at < field.end;) {
      const { value, end } = this.varint(at);
      numbers.push(value);
      at = end;
    }
    return numbers;
  }

  private content(number: number, wireType: number, at: number): Field {
    switch (wireType) {
      case VARINT: {
        const { value, end } = this.varint(at);
        return { number, start: at, end, value, wireType };
      }
      case LENGTH: {
        const length = this.varint(at);
        return { number, start: length.end, end: length.end + length.value, value: 0, wireType };
      }
      case FIXED_64:
        return { number, start: at, end: at + 8, value: 0, wireType };
      case FIXED_32:
        return { number, start: at, end: at + 4, value: 0, wireType };
      default:
        throw new Error('it is no ONNX file, or is cut off');
    }
  }

  private varint(start: number): { readonly value: number; readonly end: number } {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      const byte = this.byte(start + index);
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return { value, end: start + index + 1 };
    }
    throw new Error('it is no ONNX file, or is cut off');
  }

  private byte(at: number): number {
    if (at < this.windowStart || at >= this.windowStart + this.window.length) {
      this.window = this.bytes(at, Math.min(at + WINDOW_BYTES, this.size));
      this.windowStart = at;
    }
    const byte = this.window[at - this.windowStart];
    if (byte === undefined) throw new Error('it is no ONNX file, or is cut off');
    return byte;
  }

  /** Bytes of the file; places past its end are left out. */
  bytes(start: number, end: number): Buffer {
    return readAt(this.descriptor, start, Math.max(start, Math.min(end, this.size)));
  }
}

/** The text of the first of these fields with a number; empty = there is none. */
export function textOf(file: ProtobufFile, fields: readonly Field[], number: number): string {
  const field = fields.find((candidate) => candidate.number === number);
  return field === undefined ? '' : file.text(field);
}

/** The texts of a repeated field. */
export function textsOf(file: ProtobufFile, fields: readonly Field[], number: number): readonly string[] {
  return fields.filter((field) => field.number === number).map((field) => file.text(field));
}

/** The whole numbers of a repeated field, packed or one by one. */
export function numbersOf(file: ProtobufFile, fields: readonly Field[], number: number): readonly number[] {
  return fields.filter((field) => field.number === number).flatMap((field) => file.numbers(field));
}
