import { embeddingSpace, type SpaceTraits } from './embedding-space.js';

const TRAITS: SpaceTraits = {
  provider: 'local',
  model: 'all-MiniLM-L6-v2',
  revision: 'abc',
  dtype: 'q8',
  pooling: 'mean',
  normalization: 'l2',
  prompt: '',
  maxTokens: 256,
  dimensions: 384,
};

describe('embeddingSpace', () => {
  it('keeps the traits beside a fingerprint of sixteen hexadecimal digits', () => {
    expect(embeddingSpace(TRAITS)).toEqual({ ...TRAITS, fingerprint: expect.stringMatching(/^[\da-f]{16}$/) as unknown });
  });

  it('has the same fingerprint for the same traits in any order', () => {
    const reversed = Object.fromEntries(Object.entries(TRAITS).toReversed()) as unknown as SpaceTraits;
    expect(embeddingSpace(reversed).fingerprint).toBe(embeddingSpace(TRAITS).fingerprint);
  });

  it.each<Partial<SpaceTraits>>([
    { provider: 'openai' },
    { model: 'another' },
    { revision: 'abd' },
    { dtype: 'fp32' },
    { pooling: 'cls' },
    { normalization: 'none' },
    { prompt: 'query: ' },
    { maxTokens: 255 },
    { dimensions: 256 },
  ])('has another fingerprint with %j', (changed) => {
    expect(embeddingSpace({ ...TRAITS, ...changed }).fingerprint).not.toBe(embeddingSpace(TRAITS).fingerprint);
  });

  it('distinguishes traits whose values only look alike side by side', () => {
    const first = embeddingSpace({ ...TRAITS, pooling: 'a', prompt: 'bc' });
    const second = embeddingSpace({ ...TRAITS, pooling: 'ab', prompt: 'c' });
    expect(first.fingerprint).not.toBe(second.fingerprint);
  });
});
