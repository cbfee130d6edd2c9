import { randomNumbers } from '../../../../test/support/random-numbers.js';
import { columnScales, int8Columns, type Int8Weights, type Matrix } from '../model/quantize/int8-weights.js';
import { roundWithFeedback } from './round-with-feedback.js';

const ROWS = 24;
const COLUMNS = 10;
const random = randomNumbers(3);
const WEIGHTS = Float32Array.from({ length: ROWS * COLUMNS }, () => random() - 0.5);
const MATRIX: Matrix = { rows: ROWS, columns: COLUMNS, isTransposed: false, numbers: () => WEIGHTS };
const IDENTITY = Float64Array.from({ length: ROWS * ROWS }, (_, at) => (at % (ROWS + 1) === 0 ? 1 : 0));

/** A covariance of inputs that come from few sources, and so vary together. */
function covarianceOfSources(sources: number): Float64Array {
  const mixing = Array.from({ length: ROWS }, () => Array.from({ length: sources }, () => random() - 0.5));
  return Float64Array.from({ length: ROWS * ROWS }, (_, at) => {
    const [left = [], right = []] = [mixing[Math.floor(at / ROWS)], mixing[at % ROWS]];
    return left.reduce((sum, value, source) => sum + value * (right[source] ?? 0), 0);
  });
}

/** The mean squared error of the products of inputs with this covariance. */
function errorOf({ integers, scales }: Int8Weights, covariance: Float64Array): number {
  const error = (row: number, column: number): number =>
    (WEIGHTS[row * COLUMNS + column] ?? 0) - (integers[row * COLUMNS + column] ?? 0) * (scales[column] ?? 0);
  let sum = 0;
  for (let left = 0; left < ROWS; left++)
    for (let right = 0; right < ROWS; right++)
      for (let column = 0; column < COLUMNS; column++)
        sum += error(left, column) * (covariance[left * ROWS + right] ?? 0) * error(right, column);
  return sum;
}

function nearest(): Int8Weights {
  const scales = columnScales(MATRIX);
  return { integers: int8Columns(MATRIX, scales), scales };
}

describe('roundWithFeedback', () => {
  it('halves the error of the products at least, if the inputs vary together', () => {
    const covariance = covarianceOfSources(4);
    expect(errorOf(roundWithFeedback(MATRIX, covariance), covariance)).toBeLessThan(errorOf(nearest(), covariance) / 2);
  });

  it('rounds to the nearest if no input tells anything about another', () => {
    expect(roundWithFeedback(MATRIX, IDENTITY)).toEqual(nearest());
  });

  it('keeps the weights within 63, so that every processor computes the same', () => {
    const { integers } = roundWithFeedback(MATRIX, covarianceOfSources(2));
    expect(Math.max(...integers.map(Math.abs))).toBeLessThanOrEqual(63);
  });

  it('rounds weights of inputs that never vary', () => {
    expect(roundWithFeedback(MATRIX, new Float64Array(ROWS * ROWS)).integers.some((integer) => integer !== 0)).toBe(true);
  });
});
