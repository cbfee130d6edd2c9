import type { EmbeddingProvider } from '../../embedding/index.js';
import { cutTo, OutputSizes } from './output-sizes.js';

function sizesOf(model: string, dimensions: number, allowedDimensions: readonly number[] = []): OutputSizes {
  const provider = { space: { model, dimensions, fingerprint: 'own' } } as unknown as EmbeddingProvider;
  return new OutputSizes(provider, { allowedDimensions, modelAliases: [], maxBodyBytes: 0 });
}

describe('OutputSizes', () => {
  it.each([undefined, null, 384])("has the model's own size for dimensions %s", (dimensions) => {
    expect(sizesOf('all-MiniLM-L6-v2', 384).spaceOf(dimensions)).toMatchObject({ fingerprint: 'own', dimensions: 384 });
  });

  it('gives another size another space, always the same', () => {
    const sizes = sizesOf('a/Snowflake-Arctic-Embed-M-v1.5', 768);
    const cut = sizes.spaceOf(256);
    expect(cut).toMatchObject({ dimensions: 256, fingerprint: expect.stringMatching(/^[\da-f]{16}$/) });
    expect(sizesOf('a/Snowflake-Arctic-Embed-M-v1.5', 768).spaceOf(256).fingerprint).toBe(cut.fingerprint);
  });

  it.each([
    ['a model that was not trained for any other', 'all-MiniLM-L6-v2', [], 128, 'dimensions must be 384 for all-MiniLM-L6-v2'],
    ['more than the model has', 'all-MiniLM-L6-v2', [], 385, 'dimensions must be 384 for all-MiniLM-L6-v2'],
    ['a size that is not one of those', 'all-MiniLM-L6-v2', [256, 128], 200, 'dimensions must be 384 or 256 or 128 for all-MiniLM-L6-v2'],
    [
      'more than a model has that was trained for all',
      'text-embedding-3-small',
      [],
      1000,
      'dimensions must be from 1 to 384 for text-embedding-3-small',
    ],
  ])('refuses %s', (_, model, allowed, dimensions, message) => {
    const ask = () => sizesOf(model, 384, allowed).spaceOf(dimensions);
    expect(ask).toThrow(`${message} (ALLOWED_DIMENSIONS adds sizes)`);
  });

  it('has any size of a model that was trained for all, and those that the operator allows', () => {
    expect(sizesOf('text-embedding-3-large', 3072).spaceOf(7).dimensions).toBe(7);
    expect(sizesOf('all-MiniLM-L6-v2', 384, [128]).spaceOf(128).dimensions).toBe(128);
  });

  it('stops the start when the operator allows more than the model has', () => {
    expect(() => sizesOf('all-MiniLM-L6-v2', 384, [512])).toThrow('ALLOWED_DIMENSIONS=512 is not allowed: use at most 384');
  });
});

describe('cutTo', () => {
  const embedding = { vector: Float32Array.of(0.6, 0, 0.8, 0), tokens: 1, inputTokens: 1, cached: true };

  it('leaves the first numbers, of length one again, and the rest of the embedding', () => {
    expect(cutTo(2, embedding)).toEqual({ ...embedding, vector: Float32Array.of(1, 0) });
    expect(embedding.vector).toEqual(Float32Array.of(0.6, 0, 0.8, 0));
  });

  it('leaves nothing of nothing', () => {
    expect(cutTo(1, { ...embedding, vector: Float32Array.of(0, 1) }).vector).toEqual(Float32Array.of(0));
  });
});
