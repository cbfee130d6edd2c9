import type { Pooling } from '../../../config/index.js';

/** The vectors of a text's tokens, one after the other. */
export interface TokenRows {
  readonly values: Float32Array;
  /** Numbers of one vector. */
  readonly size: number;
  /** The first token that counts: those before it are of a prompt that is not pooled. */
  readonly first: number;
}

/** Adds the vectors to `pooled`, which begins as zeros, and returns the factor that turns the sum into the pooled vector. */
export type PoolTokens = (rows: TokenRows, pooled: Float64Array) => number;

/**
 * As sentence-transformers computes them (sentence_transformers/models/Pooling.py). Sums are made in a fixed order, so that
 * the bits are always the same.
 */
export const POOL_TOKENS: Readonly<Record<Pooling, PoolTokens>> = {
  cls: (rows, pooled) => {
    copyRow(rows, 0, pooled);
    return 1;
  },
  lasttoken: (rows, pooled) => {
    copyRow(rows, rowCount(rows) - 1, pooled);
    return 1;
  },
  max: ({ values, size, first }, pooled) => {
    pooled.fill(-Infinity);
    for (let row = first * size; row < values.length; row += size) {
      for (let at = 0; at < size; at++) pooled[at] = Math.max(pooled[at] ?? 0, values[row + at] ?? 0);
    }
    return 1;
  },
  mean: (rows, pooled) => {
    addRows(rows, pooled);
    return 1 / Math.max(1, rowCount(rows) - rows.first);
  },
  mean_sqrt_len: (rows, pooled) => {
    addRows(rows, pooled);
    return 1 / Math.sqrt(Math.max(1, rowCount(rows) - rows.first));
  },
  weightedmean: ({ values, size, first }, pooled) => {
    let weights = 0;
    for (let row = first; row * size < values.length; row++) {
      weights += row + 1;
      for (let at = 0; at < size; at++) pooled[at] = (pooled[at] ?? 0) + (row + 1) * (values[row * size + at] ?? 0);
    }
    return 1 / Math.max(1, weights);
  },
};

function addRows({ values, size, first }: TokenRows, sums: Float64Array): void {
  for (let row = first * size; row < values.length; row += size) {
    for (let at = 0; at < size; at++) sums[at] = (sums[at] ?? 0) + (values[row + at] ?? 0);
  }
}

function copyRow({ values, size }: TokenRows, row: number, into: Float64Array): void {
  for (let at = 0; at < size; at++) into[at] = values[row * size + at] ?? 0;
}

function rowCount({ values, size }: TokenRows): number {
  return values.length / size;
}
