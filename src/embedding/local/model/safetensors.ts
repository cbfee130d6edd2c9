import { closeSync, fstatSync, openSync } from 'node:fs';
import { float32Of, type NumberFormat } from '../number-formats.js';
import { readAt } from './read-at.js';

interface TensorPlace {
  readonly format: NumberFormat;
  readonly shape: readonly number[];
  /** The path of the file. */
  readonly start: number;
  readonly end: number;
}

interface Safetensors {
  readonly tensors: ReadonlyMap<string, TensorPlace>;
}

const LENGTH_BYTES = 8;
const MOST_HEADER_BYTES = 100_000_000;
const FORMATS: Readonly<Record<string, NumberFormat>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** The contents of a file (https://huggingface.co/docs/safetensors): eight bytes of length, that much JSON, raw numbers. Throws for another file. */
export function readSafetensorsHeader(path: string): Safetensors {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const length = Number(readAt(file, 0, LENGTH_BYTES).readBigUInt64LE());
    if (length > Math.min(size - LENGTH_BYTES, MOST_HEADER_BYTES)) throw new Error('it is no safetensors file, or is cut off');
    const header = JSON.parse(readAt(file, LENGTH_BYTES, LENGTH_BYTES + length).toString('utf8')) as Record<string, HeaderEntry>;
    return { tensors: new Map(Object.entries(header).flatMap(([name, entry]) => placeOf(name, entry, LENGTH_BYTES + length, size))) };
  } finally {
    closeSync(file);
  }
}

/** The numbers of a tensor as float32. Throws when it is not there. */
export function readTensor(path: string, name: string): Float32Array {
  const place = readSafetensorsHeader(path).tensors.get(name);
  if (place === undefined) throw new Error(`${path} has no ${name}`);
  const file = openSync(path, 'r');
  try {
    return float32Of(readAt(file, place.start, place.end), place.format);
  } finally {
    closeSync(file);
  }
}

interface HeaderEntry {
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly data_offsets?: readonly [number, number];
}

function placeOf(
  name: string,
  { dtype = '', shape = [], data_offsets: offsets }: HeaderEntry,
  from: number,
  size: number,
): [string, TensorPlace][] {
  const format = FORMATS[dtype];
  if (offsets === undefined) return []; // __metadata__
  if (format === undefined) throw new Error(`${name} is of the type ${dtype}; supported are ${Object.keys(FORMATS).join(', ')}`);
  const [start, end] = [from + offsets[0], from + offsets[1]];
  if (end > size) throw new Error('it is cut off');
  return [[name, { format, shape, start, end }]];
}
