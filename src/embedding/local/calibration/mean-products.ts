import type { Int8Weights } from '../model/quantize/int8-weights.js';

/** A row times a matrix, whose numbers lie row by row. */
export function product(row: Float64Array, matrix: Float32Array): Float64Array {
  const columns = matrix.length / row.length;
  const sums = new Float64Array(columns);
  matrix.forEach((weight, at) => (sums[at % columns] = (sums[at % columns] ?? 0) + weight * (row[Math.floor(at / columns)] ?? 0)));
  return sums;
}

/** The matrix that whole numbers stand for. */
export function floatsOf({ integers, scales }: Int8Weights): Float32Array {
  return Float32Array.from(integers, (integer, at) => integer * (scales[at % scales.length] ?? 0));
}
