import { NO_SMALLER_SIZES, type EmbeddingProvider, type ModelSizes } from '../../embedding/index.js';
import { OutputSizes } from './output-sizes.js';

const ANY: ModelSizes = { smaller: { least: 1 }, layerNormFirst: false };
const ONE: ModelSizes = { smaller: [256], layerNormFirst: false };

function sizesOf(sizes: ModelSizes, dimensions: number, allowedDimensions: readonly number[] = []): OutputSizes {
  const provider = { space: { model: 'a model', dimensions, fingerprint: 'own' }, traits: { sizes } } as unknown as EmbeddingProvider;
  return new OutputSizes(provider, { allowedDimensions, modelAliases: [], maxBodyBytes: 0 });
}

describe('OutputSizes', () => {
  it.each([undefined, null, 384])("has the model's own size for dimensions %s", (dimensions) => {
    expect(sizesOf(NO_SMALLER_SIZES, 384).spaceOf(dimensions)).toMatchObject({ fingerprint: 'own', dimensions: 384 });
  });

  it('gives another size another space, which is always the same', () => {
    const sizes = sizesOf(ONE, 768);
    const cut = sizes.spaceOf(256);
    expect(cut).toMatchObject({ dimensions: 256, fingerprint: expect.stringMatching(/^[\da-f]{16}$/) });
    expect(sizesOf(ONE, 768).spaceOf(256).fingerprint).toBe(cut.fingerprint);
  });

  it.each([
    ['a model that was not trained for any other', NO_SMALLER_SIZES, [], 128, 'dimensions must be 384 for a model'],
    ['more than the model has', NO_SMALLER_SIZES, [], 385, 'dimensions must be 384 for a model'],
    ['a size that is not one of those', NO_SMALLER_SIZES, [256, 128], 200, 'dimensions must be 384 or 256 or 128 for a model'],
    ['more than a model has that was trained for all', ANY, [], 1000, 'dimensions must be from 1 to 384 for a model'],
  ])('refuses %s', (_, smaller, allowed, dimensions, message) => {
    const ask = () => sizesOf(smaller, 384, allowed).spaceOf(dimensions);
    expect(ask).toThrow(`${message} (ALLOWED_DIMENSIONS adds sizes)`);
  });

  it('allows every size of a model that was trained for all, and the sizes that the operator adds', () => {
    expect(sizesOf(ANY, 3072).spaceOf(7).dimensions).toBe(7);
    expect(sizesOf(NO_SMALLER_SIZES, 384, [128]).spaceOf(128).dimensions).toBe(128);
  });

  it('gives sizes that need a layer norm another space than those that do not', () => {
    const normed = sizesOf({ ...ONE, layerNormFirst: true }, 768).spaceOf(256);
    expect(normed.fingerprint).not.toBe(sizesOf(ONE, 768).spaceOf(256).fingerprint);
  });

  it('stops the start when the operator allows a larger size than the model has', () => {
    expect(() => sizesOf(NO_SMALLER_SIZES, 384, [512])).toThrow('ALLOWED_DIMENSIONS=512 is not allowed: use at most 384');
  });
});
