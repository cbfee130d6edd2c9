/** A matrix of constants. Its numbers are read when they are needed, because a model may have gigabytes of them. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Whether the numbers lie column by column. */
  readonly isTransposed: boolean;
  readonly numbers: () => Float32Array;
}

export type NamedMatrix = Matrix & { readonly name: string };

/** A matrix as whole multiples of the scales of its columns, row by row. */
export interface Int8Weights {
  readonly integers: Int8Array;
  readonly scales: Float32Array;
}

/**
 * The largest weight. Processors without VNNI add two products of a uint8 and an int8 in 16 bits, which is exact up to
 * 2 * 255 * 64: so every processor computes the same integers.
 */
const MOST_WEIGHT = 63;
const MOST_TABLE = 127;
/** Keeps the scale of a row of zeros above zero. */
const TINY = 1e-12;
/** The scales that are tried, as shares of the one that the largest weight needs: a smaller one cuts it and rounds the others less. */
const SHARES = Array.from({ length: 16 }, (_, step) => 0.7 + (0.3 * step) / 15);

/** For each column, the scale with the least squared error of rounding. `importance` weighs the error of each row. */
export function columnScales(matrix: Matrix, importance = new Float64Array(matrix.rows).fill(1)): Float32Array {
  const { rows, columns } = matrix;
  const numbers = matrix.numbers();
  const column = new Float32Array(rows);
  const scales = new Float32Array(columns);
  for (let index = 0; index < columns; index++) {
    copyColumn(matrix, numbers, index, column);
    scales[index] = bestScale(column, importance);
  }
  return scales;
}

/** The weights as whole multiples of the scales of their columns, row by row. */
export function int8Columns(matrix: Matrix, scales: Float32Array): Int8Array {
  const { rows, columns } = matrix;
  const numbers = matrix.numbers();
  const integers = new Int8Array(rows * columns);
  const column = new Float32Array(rows);
  for (let index = 0; index < columns; index++) {
    copyColumn(matrix, numbers, index, column);
    for (let row = 0; row < rows; row++) integers[row * columns + index] = roundedWeight(column[row] ?? 0, scales[index] ?? 1);
  }
  return integers;
}

/** For each row of a table that lies row by row, the scale that its largest number needs. */
export function rowScales({ rows, columns, numbers }: Matrix): Float32Array {
  const values = numbers();
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) scales[row] = mostOf(values.subarray(row * columns, (row + 1) * columns)) / MOST_TABLE;
  return scales;
}

/** The numbers of a table as whole multiples of the scales of their rows. */
export function int8Rows({ rows, columns, numbers }: Matrix, scales: Float32Array): Int8Array {
  const values = numbers();
  const integers = new Int8Array(values.length);
  for (let row = 0; row < rows; row++) {
    const scale = scales[row] ?? 1;
    for (let at = row * columns; at < (row + 1) * columns; at++) integers[at] = rounded(values[at] ?? 0, scale, MOST_TABLE);
  }
  return integers;
}

/** The numbers of a matrix, row by row. */
export function rowByRow(matrix: Matrix): Float32Array {
  const { rows, columns, isTransposed } = matrix;
  const numbers = matrix.numbers();
  if (!isTransposed) return numbers;
  const turned = new Float32Array(numbers.length);
  for (let row = 0; row < rows; row++) for (let at = 0; at < columns; at++) turned[row * columns + at] = numbers[at * rows + row] ?? 0;
  return turned;
}

function copyColumn({ rows, columns, isTransposed }: Matrix, numbers: Float32Array, index: number, column: Float32Array): void {
  const [start, step] = isTransposed ? [index * rows, 1] : [index, columns];
  for (let row = 0; row < rows; row++) column[row] = numbers[start + row * step] ?? 0;
}

function bestScale(column: Float32Array, importance: Float64Array): number {
  const full = mostOf(column) / MOST_WEIGHT;
  let [best, least] = [full, Infinity];
  for (const share of SHARES) {
    const error = roundingError(column, full * share, importance);
    if (error < least) [best, least] = [full * share, error];
  }
  return best;
}

function roundingError(column: Float32Array, scale: number, importance: Float64Array): number {
  let error = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? 0;
    const difference = roundedWeight(value, scale) * scale - value;
    error += difference * difference * (importance[row] ?? 0);
  }
  return error;
}

/** A weight as a whole multiple of a scale. */
export function roundedWeight(value: number, scale: number): number {
  return rounded(value, scale, MOST_WEIGHT);
}

function rounded(value: number, scale: number, most: number): number {
  const integer = Math.round(value / scale);
  return integer > most ? most : integer < -most ? -most : integer;
}

function mostOf(values: Float32Array): number {
  let most = TINY;
  for (let index = 0; index < values.length; index++) most = Math.max(most, Math.abs(values[index] ?? 0));
  return most;
}
