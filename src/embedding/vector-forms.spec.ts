import { cutSpace, embeddingSpace } from './embedding-space.js';
import { cutTo, unscaled } from './vector-forms.js';

const SPACE = embeddingSpace({
  provider: 'local',
  model: 'a model',
  revision: '1',
  dtype: 'fp32',
  pooling: 'mean',
  normalization: 'l2',
  prompt: '',
  maxTokens: 8,
  dimensions: 4,
});

function spaceOf(dimensions: number, layerNormFirst = false): ReturnType<typeof cutSpace> {
  return cutSpace(SPACE, dimensions, { layerNormFirst });
}

describe('a vector that is cut', () => {
  const embedding = { vector: Float32Array.of(0.6, 0, 0.8, 0), tokens: 1, inputTokens: 1, cached: true };

  it('keeps its first numbers, of length one again, and the rest of the embedding', () => {
    expect(cutTo(spaceOf(2), embedding)).toEqual({ ...embedding, vector: Float32Array.of(1, 0) });
    expect(embedding.vector).toEqual(Float32Array.of(0.6, 0, 0.8, 0));
  });

  it('stays zero if the numbers that are left are zero', () => {
    expect(cutTo(spaceOf(1), { ...embedding, vector: Float32Array.of(0, 1) }).vector).toEqual(Float32Array.of(0));
  });

  it('reports the length that it had', () => {
    expect(cutTo(spaceOf(2), { ...embedding, length: 5 }).length).toBeCloseTo(3, 6);
  });

  it('gets a layer norm first if its model asks for one', () => {
    const given = [3, -1, 2, 0];
    const length = Math.hypot(...given);
    const unit = Float32Array.from(given, (value) => value / length);
    const { vector } = cutTo(spaceOf(2, true), { ...embedding, vector: unit, length });
    // The mean is 1 and the variance 2.5, so the first two numbers go as 2 and -2.
    expect([...vector]).toEqual([expect.closeTo(Math.SQRT1_2, 6), expect.closeTo(-Math.SQRT1_2, 6)]);
  });
});

describe('a vector as the model gave it', () => {
  it('is the scaled one times its length', () => {
    const numbers = unscaled({ vector: Float32Array.of(0.6, 0.8), length: 10, tokens: 1, inputTokens: 1, cached: false });
    expect([...numbers]).toEqual([expect.closeTo(6, 5), expect.closeTo(8, 5)]);
  });

  it('is the scaled one if its length is not known', () => {
    const vector = Float32Array.of(0.6, 0.8);
    expect(unscaled({ vector, tokens: 1, inputTokens: 1, cached: false })).toBe(vector);
  });
});
