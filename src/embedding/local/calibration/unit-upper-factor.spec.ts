import { unitUpperFactor } from './unit-upper-factor.js';

describe('unitUpperFactor', () => {
  it('gives the U of (U + I) D (U + I)^T', () => {
    const upper = [
      [1, 0.5, -2],
      [0, 1, 0.25],
      [0, 0, 1],
    ];
    const diagonal = [4, 9, 0.5];
    const element = (row: number, column: number): number =>
      diagonal.reduce((sum, d, at) => sum + (upper[row]?.[at] ?? 0) * d * (upper[column]?.[at] ?? 0), 0);
    const matrix = Float64Array.from({ length: 9 }, (_, at) => element(Math.floor(at / 3), at % 3));
    const factor = unitUpperFactor(matrix, 3);

    expect([factor[1], factor[2], factor[5]].map((value) => value?.toFixed(12))).toEqual([0.5, -2, 0.25].map((value) => value.toFixed(12)));
  });
});
