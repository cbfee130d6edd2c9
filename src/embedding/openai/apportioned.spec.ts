import * as fc from 'fast-check';
import { apportioned } from './apportioned.js';

describe('apportioned', () => {
  it.each([
    [10, [1, 1], [5, 5]],
    [10, [3, 7], [3, 7]],
    [1, [1, 1], [1, 0]],
    [0, [5, 5], [0, 0]],
    [4, [0, 0], [2, 2]],
    [7, [], []],
  ])('divides %i by %j into %j', (total, weights, shares) => {
    expect(apportioned(total, weights)).toEqual(shares);
  });

  it('gives whole numbers that add up, each within one of its exact share', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), weights, (total, of) => {
        const shares = apportioned(total, of);
        const sum = of.reduce((some, weight) => some + weight, 0);
        expect(shares.reduce((some, share) => some + share, 0)).toBe(total);
        shares.forEach((share, index) => expect(Math.abs(share - (total * (of[index] ?? 0)) / sum)).toBeLessThan(1));
      }),
      { seed: 20_263, numRuns: 200 },
    );
  });
});
