export type NumberFormat = 'float32' | 'float16' | 'bfloat16';

const HALF_VALUES = 65_536;
let halves: Float32Array | undefined;

/** Little-endian numbers as float32. */
export function float32Of(bytes: Uint8Array, format: NumberFormat): Float32Array<ArrayBuffer> {
  const { buffer } = new Uint8Array(bytes); // a copy, because numbers must lie at multiples of their size
  switch (format) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float16':
      return float32OfHalves(new Uint16Array(buffer));
    case 'bfloat16':
      return float32OfBrains(new Uint16Array(buffer));
  }
}

/** IEEE 754 half precision, as the bits that Node 20 shows of it: it has no Float16Array. */
export function float32OfHalves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  halves ??= Float32Array.from({ length: HALF_VALUES }, (_, half) => valueOfHalf(half));
  const numbers = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) numbers[index] = halves[bits[index] ?? 0] ?? 0;
  return numbers;
}

/** The upper halves of float32 values. */
function float32OfBrains(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(bits.length);
  for (let index = 0; index < bits.length; index++) words[index] = (bits[index] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

function valueOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
