import { columnScales, roundedWeight, rowByRow, type Int8Weights, type Matrix } from '../model/quantize/int8-weights.js';
import { unitUpperFactor } from './unit-upper-factor.js';

/** A share of the mean variance that is added to each, so that inputs that did not vary are rounded as others. */
const DAMPING = 0.01;

/**
 * Rounds the rows of a matrix one after the other, and lets each make up for the errors of the rows before it, as far as
 * their inputs vary together (GPTQ, Frantar et al. 2022, https://arxiv.org/abs/2210.17323, in the equal form LDLQ of Chee et
 * al. 2023, https://arxiv.org/abs/2307.13304, which needs no inverse).
 *
 * @param covariance Of the inputs, row by row.
 */
export function roundWithFeedback(matrix: Matrix, covariance: Float64Array): Int8Weights {
  const { rows, columns } = matrix;
  const variances = Float64Array.from({ length: rows }, (_, row) => covariance[row * (rows + 1)] ?? 0);
  const scales = columnScales(matrix, variances);
  const order = largestFirst(variances);
  const feedback = unitUpperFactor(inOrder(covariance, order, dampingOf(variances)), rows);
  const weights = rowByRow(matrix);
  const integers = new Int8Array(rows * columns);
  const errors = new Float64Array(rows * columns);
  const wanted = new Float64Array(columns);
  order.forEach((row, place) => {
    wanted.set(weights.subarray(row * columns, (row + 1) * columns));
    for (let before = 0; before < place; before++) addTimes(wanted, feedback[before * rows + place] ?? 0, errors, before * columns);
    for (let column = 0; column < columns; column++) {
      const scale = scales[column] ?? 1;
      const integer = roundedWeight(wanted[column] ?? 0, scale);
      integers[row * columns + column] = integer;
      errors[place * columns + column] = (weights[row * columns + column] ?? 0) - integer * scale;
    }
  });
  return { integers, scales };
}

/** The rows whose errors count most are rounded first, because more rows can make up for them. */
function largestFirst(variances: Float64Array): readonly number[] {
  return [...variances.keys()].sort((left, right) => (variances[right] ?? 0) - (variances[left] ?? 0));
}

function dampingOf(variances: Float64Array): number {
  const mean = variances.reduce((sum, variance) => sum + variance, 0) / variances.length;
  return Math.max(DAMPING * mean, Number.MIN_VALUE * 2 ** 60);
}

function inOrder(covariance: Float64Array, order: readonly number[], damping: number): Float64Array {
  const size = order.length;
  const ordered = new Float64Array(size * size);
  order.forEach((from, row) => {
    order.forEach((at, column) => (ordered[row * size + column] = covariance[from * size + at] ?? 0));
    ordered[row * (size + 1)] = (ordered[row * (size + 1)] ?? 0) + damping;
  });
  return ordered;
}

function addTimes(sums: Float64Array, factor: number, numbers: Float64Array, from: number): void {
  for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] ?? 0) + factor * (numbers[from + index] ?? 0);
}
