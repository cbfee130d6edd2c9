import { smallVector } from './small-vectors.js';

const VECTOR = Float32Array.of(0.5, -0.5, 0, 1, -1, 0.25, 0.1, -0.1, 0.3, -0.3);
const RANGES = { least: new Float32Array(10).fill(-1), greatest: new Float32Array(10).fill(1) };

describe('a small vector', () => {
  it('holds signs as numpy.packbits packs them', () => {
    expect([...smallVector(VECTOR, 'ubinary')]).toEqual([0b10010110, 0b10000000]);
    expect([...smallVector(VECTOR, 'binary')]).toEqual([0b10010110 - 128, 0]);
  });

  it('holds the nearest of 256 levels between the ends of each dimension', () => {
    expect([...smallVector(VECTOR, 'uint8', RANGES)]).toEqual([191, 64, 128, 255, 0, 159, 140, 115, 166, 89]);
    expect([...smallVector(VECTOR, 'int8', RANGES)]).toEqual([63, -64, 0, 127, -128, 31, 12, -13, 38, -39]);
  });

  it('writes numbers outside the range as its ends, and a dimension that never varies as the middle', () => {
    const ranges = { least: Float32Array.of(0, 0, 0.5), greatest: Float32Array.of(1, 1, 0.5) };
    expect([...smallVector(Float32Array.of(-5, 5, 9), 'uint8', ranges)]).toEqual([0, 255, 128]);
  });
});
