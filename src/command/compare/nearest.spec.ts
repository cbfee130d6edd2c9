import { Nearest } from './nearest.js';

const vector = (degrees: number): Float32Array => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));

describe('Nearest', () => {
  it('finds the documents with the largest cosines, over all parts, the nearest first', () => {
    const nearest = new Nearest([vector(0), vector(90)], 2);
    nearest.add([vector(80), vector(20)]);
    nearest.add([vector(-10), vector(50)]);
    expect(nearest.neighbours.map((of) => of.map(({ document }) => document))).toEqual([
      [2, 1],
      [0, 3],
    ]);
    expect(nearest.neighbours[0]?.[1]?.cosine).toBeCloseTo(Math.cos(Math.PI / 9), 6);
  });

  it('puts the first of two equal documents first', () => {
    const nearest = new Nearest([vector(0)], 2);
    nearest.add([vector(30), vector(10), vector(30), vector(10)]);
    expect(nearest.neighbours[0]?.map(({ document }) => document)).toEqual([1, 3]);
  });

  it('tells the spread of all cosines', () => {
    const nearest = new Nearest([vector(0)], 1);
    nearest.add([vector(0), vector(60), vector(90), vector(180)]);
    expect([0.25, 0.5, 0.75, 1].map((share) => Number(nearest.quantile(share).toFixed(3)))).toEqual([-1, 0, 0.5, 1]);
  });
});
