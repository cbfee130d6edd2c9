import { cosines, project, rankedBy, rankedPairs } from './assets/vector-math.js';

function distance(left: { x: number; y: number } | undefined, right: { x: number; y: number } | undefined): number {
  return Math.hypot((left?.x ?? Number.NaN) - (right?.x ?? Number.NaN), (left?.y ?? Number.NaN) - (right?.y ?? Number.NaN));
}

describe('cosines', () => {
  it('depend on directions, not on lengths', () => {
    const matrix = cosines([
      [2, 0],
      [0, 3],
      [-1, 0],
      [1, 1],
    ]);

    expect(matrix[0]?.slice(0, 3)).toEqual([1, 0, -1]);
    expect(matrix[3]?.[0]).toBeCloseTo(Math.SQRT1_2, 12);
  });

  it('are 0 with a zero vector', () => {
    expect(
      cosines([
        [0, 0],
        [1, 0],
      ]),
    ).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });
});

describe('the vectors ranked by a query', () => {
  it('are the nearest in direction first, and of equal ones the first', () => {
    const ranked = rankedBy(
      [2, 0],
      [
        [0, 1],
        [3, 3],
        [5, 0],
        [0, 9],
      ],
    );
    expect(ranked.map(({ index }) => index)).toEqual([2, 1, 0, 3]);
    expect(ranked[1]?.cosine).toBeCloseTo(Math.SQRT1_2, 12);
  });
});

describe('ranked pairs', () => {
  it('are each pair once, the most similar first', () => {
    const pairs = rankedPairs([
      [1, 0.2, 0.9],
      [0.2, 1, 0.5],
      [0.9, 0.5, 1],
    ]);

    expect(pairs).toEqual([
      { first: 0, second: 2, cosine: 0.9 },
      { first: 1, second: 2, cosine: 0.5 },
      { first: 0, second: 1, cosine: 0.2 },
    ]);
  });
});

describe('the projection', () => {
  it('keeps all distances of points that lie on a plane in many dimensions', () => {
    const plane = [
      [0, 0],
      [3, 0],
      [3, 4],
      [-2, 7],
    ];
    const vectors = plane.map(([a = 0, b = 0]) => [a * 0.6, b, a * 0.8, 5, 0]);
    const { points, kept } = project(vectors);

    for (const [i, left] of plane.entries()) {
      for (const [j, right] of plane.entries()) {
        const expected = Math.hypot((left[0] ?? 0) - (right[0] ?? 0), (left[1] ?? 0) - (right[1] ?? 0));
        expect(distance(points[i], points[j])).toBeCloseTo(expected, 6);
      }
    }
    expect((kept[0] ?? 0) + (kept[1] ?? 0)).toBeCloseTo(1, 9);
    expect(kept[0]).toBeGreaterThan(kept[1] ?? 1);
  });

  it('puts equal vectors on one point, and reports a share of 0 if all are equal', () => {
    const { points, kept } = project([
      [1, 2, 3],
      [1, 2, 3],
    ]);

    expect(distance(points[0], points[1])).toBeCloseTo(0, 9);
    expect(kept).toEqual([0, 0]);
  });
});
