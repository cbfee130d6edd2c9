import { closeSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { float32Of } from '../../number-formats.js';
import { readAt } from '../read-at.js';
import type { NewTensor } from './onnx-encoding.js';
import { BFLOAT16, ENTRY, EXTERNAL_LOCATION, FLOAT16, FLOAT32, TENSOR } from './onnx-fields.js';
import { numbersOf, textOf, type Field, type ProtobufFile, type Range } from './protobuf-file.js';

/** A TensorProto. Its numbers stay where they are until they are asked for. */
export interface OnnxTensor extends Range {
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorProto.DataType. */
  readonly type: number;
  readonly content: TensorContent;
}

/** A new weight. Its numbers are made when they are written, so that only one weight is in memory at a time. */
export interface PendingTensor extends NewTensor {
  numbers(): Uint8Array;
}

/** Where the numbers are: in this file, in one piece or several, or in a file beside it; `other` = in a form that is not read here. */
type TensorContent =
  | (Range & { readonly kind: 'raw' })
  | { readonly kind: 'floats'; readonly parts: readonly Range[] }
  | { readonly kind: 'external'; readonly location: string; readonly offset: number; readonly length: number | undefined }
  | { readonly kind: 'other' };

const FORMATS = { [FLOAT32]: 'float32', [FLOAT16]: 'float16', [BFLOAT16]: 'bfloat16' } as const;

/** @param range The tensor with its tag. */
export function readOnnxTensor(file: ProtobufFile, tensor: Field, range: Range): OnnxTensor {
  const fields = [...file.fields(tensor)];
  return {
    start: range.start,
    end: range.end,
    name: textOf(file, fields, TENSOR.name),
    shape: numbersOf(file, fields, TENSOR.dimensions),
    type: fields.find(({ number }) => number === TENSOR.type)?.value ?? 0,
    content: contentOf(file, fields),
  };
}

/** Whether the numbers can be read as float32. */
export function isFloat({ type, content }: OnnxTensor): boolean {
  return type in FORMATS && content.kind !== 'other' && (content.kind !== 'floats' || type === FLOAT32);
}

/** Reads the numbers of a file's tensors. */
export class TensorNumbers {
  constructor(
    private readonly file: ProtobufFile,
    private readonly path: string,
  ) {}

  /** Only for a tensor that `isFloat`. */
  floats(tensor: OnnxTensor): Float32Array {
    return float32Of(this.bytes(tensor), FORMATS[tensor.type as keyof typeof FORMATS]);
  }

  /** As they are stored. Throws for a form that is not read here. */
  bytes(tensor: OnnxTensor): Buffer {
    const { content } = tensor;
    switch (content.kind) {
      case 'raw':
        return this.file.bytes(content.start, content.end);
      case 'floats':
        return Buffer.concat(content.parts.map(({ start, end }) => this.file.bytes(start, end)));
      case 'external':
        return readPart(this.beside(content.location), content.offset, this.byteLength(tensor));
      case 'other':
        throw notRead();
    }
  }

  byteLength({ content }: OnnxTensor): number {
    switch (content.kind) {
      case 'raw':
        return content.end - content.start;
      case 'floats':
        return content.parts.reduce((sum, { start, end }) => sum + end - start, 0);
      case 'external':
        return content.length ?? statSync(this.beside(content.location)).size - content.offset;
      case 'other':
        throw notRead();
    }
  }

  /** A tensor to be written with the same numbers. */
  pending(tensor: OnnxTensor): PendingTensor {
    return { ...tensor, byteLength: this.byteLength(tensor), numbers: () => this.bytes(tensor) };
  }

  private beside(location: string): string {
    return join(dirname(this.path), location);
  }
}

function contentOf(file: ProtobufFile, fields: readonly Field[]): TensorContent {
  if (fields.some(({ number, value }) => number === TENSOR.location && value === EXTERNAL_LOCATION)) return externalContent(file, fields);
  const raw = fields.find(({ number }) => number === TENSOR.rawData);
  if (raw !== undefined) return { kind: 'raw', start: raw.start, end: raw.end };
  const floats = fields.filter(({ number }) => number === TENSOR.floats);
  return floats.length > 0 ? { kind: 'floats', parts: floats } : { kind: 'other' };
}

function externalContent(file: ProtobufFile, fields: readonly Field[]): TensorContent {
  const entries = fields.filter(({ number }) => number === TENSOR.externalData).map((entry) => [...file.fields(entry)]);
  const values = new Map(entries.map((entry) => [textOf(file, entry, ENTRY.key), textOf(file, entry, ENTRY.value)]));
  const length = values.get('length');
  return {
    kind: 'external',
    location: values.get('location') ?? '',
    offset: Number(values.get('offset') ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

function readPart(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    return readAt(file, offset, offset + length);
  } finally {
    closeSync(file);
  }
}

function notRead(): Error {
  return new Error('it stores weights in a form that is not supported');
}
