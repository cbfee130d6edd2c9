/** Forms of a vector that take less room than float32. */
export const SMALL_TYPES = ['int8', 'uint8', 'binary', 'ubinary'] as const;
export type SmallType = (typeof SMALL_TYPES)[number];

/** The least and the greatest value of each dimension, which become the ends of int8 and uint8. Equal = it never varies. */
export interface VectorRanges {
  readonly least: Float32Array;
  readonly greatest: Float32Array;
}

const LEVELS = 255;
const MIDDLE = 128;
const BITS = 8;

/** `ranges` is needed for int8 and uint8 only. */
export function smallVector(
  vector: Float32Array,
  type: SmallType,
  ranges?: VectorRanges,
): Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer> {
  switch (type) {
    case 'ubinary':
      return packedSigns(vector);
    case 'binary':
      return shifted(packedSigns(vector));
    case 'uint8':
      return levels(vector, ranges);
    case 'int8':
      return shifted(levels(vector, ranges));
  }
}

/** One bit for each number, 1 if it is above zero, the highest bit first and zeros at the end, as numpy.packbits. */
function packedSigns(vector: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(vector.length / BITS));
  vector.forEach((value, index) => {
    const byte = Math.floor(index / BITS);
    if (value > 0) bytes[byte] = (bytes[byte] ?? 0) | (1 << (BITS - 1 - (index % BITS)));
  });
  return bytes;
}

/** Which of 256 levels between the ends of its dimension each number is nearest to. */
function levels(vector: Float32Array, ranges: VectorRanges | undefined): Uint8Array<ArrayBuffer> {
  if (ranges === undefined) throw new TypeError('int8 and uint8 need ranges');
  const { least, greatest } = ranges;
  return Uint8Array.from(vector, (value, index) => {
    const from = least[index] ?? 0;
    const step = ((greatest[index] ?? 0) - from) / LEVELS;
    return step > 0 ? Math.min(LEVELS, Math.max(0, Math.round((value - from) / step))) : MIDDLE;
  });
}

/** The same numbers minus 128. */
function shifted(bytes: Uint8Array): Int8Array<ArrayBuffer> {
  return Int8Array.from(bytes, (byte) => byte - MIDDLE);
}
