import { float32Json } from './float32-json.js';
import { SMALL_TYPES, smallVector, type VectorRanges } from './small-vectors.js';

/** The types in which vectors are given. */
export const OUTPUT_TYPES = ['float', ...SMALL_TYPES] as const;
export type OutputType = (typeof OUTPUT_TYPES)[number];

/** A vector in one of these types. */
export type TypedVector = Float32Array<ArrayBuffer> | Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Whether the numbers are levels between the ends of their dimensions, which need ranges. */
export function isOfLevels(type: OutputType): boolean {
  return type === 'int8' || type === 'uint8';
}

/** The vector in this type; `ranges` is needed for int8 and uint8 only. */
export function typedVector(vector: Float32Array<ArrayBuffer>, type: OutputType, ranges?: VectorRanges): TypedVector {
  return type === 'float' ? vector : smallVector(vector, type, ranges);
}

/** The number of numbers of a vector of this type, from that of the float vector. */
export function sizeInType(dimensions: number, type: OutputType): number {
  return type === 'binary' || type === 'ubinary' ? Math.ceil(dimensions / 8) : dimensions;
}

export function vectorJson(vector: TypedVector): string {
  return vector instanceof Float32Array ? float32Json(vector) : `[${vector.join(',')}]`;
}

/** The vector that JSON tells as numbers. */
export function vectorOfNumbers(numbers: readonly number[], type: OutputType): TypedVector {
  const vector = viewOf(type, new ArrayBuffer(numbers.length * bytesPerNumber(type)), 0, numbers.length);
  vector.set(numbers);
  return vector;
}

/** The same memory as bytes; float32 is little-endian. */
export function bytesOf({ buffer, byteOffset, byteLength }: TypedVector): Buffer<ArrayBuffer> {
  return Buffer.from(buffer, byteOffset, byteLength);
}

interface VectorsInBytes {
  readonly type: OutputType;
  /** Numbers in a vector. */
  readonly size: number;
  readonly count: number;
}

/** Vectors that stand one after the other in these bytes, as views. The bytes of float vectors must be aligned. */
export function vectorsIn({ buffer, byteOffset }: Uint8Array<ArrayBuffer>, { type, size, count }: VectorsInBytes): readonly TypedVector[] {
  const vectorBytes = size * bytesPerNumber(type);
  return Array.from({ length: count }, (_, index) => viewOf(type, buffer, byteOffset + index * vectorBytes, size));
}

/** A vector that stands where there is none: NaN, or zeros, because whole numbers have no NaN. */
export function noVector(type: OutputType, size: number): TypedVector {
  const vector = viewOf(type, new ArrayBuffer(size * bytesPerNumber(type)), 0, size);
  return type === 'float' ? vector.fill(NaN) : vector;
}

export function bytesPerNumber(type: OutputType): number {
  return type === 'float' ? Float32Array.BYTES_PER_ELEMENT : 1;
}

function viewOf(type: OutputType, buffer: ArrayBuffer, offset: number, size: number): TypedVector {
  switch (type) {
    case 'float':
      return new Float32Array(buffer, offset, size);
    case 'int8':
    case 'binary':
      return new Int8Array(buffer, offset, size);
    case 'uint8':
    case 'ubinary':
      return new Uint8Array(buffer, offset, size);
  }
}
