import type { EmbeddingSpace } from './embedding-space.js';
import { NO_SMALLER_SIZES, type OutputSizes } from './model-traits.js';
import { OutputSpaces } from './output-spaces.js';

const ANY: OutputSizes = { smaller: { least: 1 }, layerNormFirst: false };
const ONE: OutputSizes = { smaller: [256], layerNormFirst: false };

function spacesOf(sizes: OutputSizes, dimensions: number, allowed: readonly number[] = []): OutputSpaces {
  const space = { model: 'a model', dimensions, fingerprint: 'own' } as EmbeddingSpace;
  return new OutputSpaces({ space, traits: { sizes } }, allowed);
}

describe('OutputSpaces', () => {
  it.each([undefined, null, 384])("has the model's own size for dimensions %s", (dimensions) => {
    expect(spacesOf(NO_SMALLER_SIZES, 384).of(dimensions)).toMatchObject({ fingerprint: 'own', dimensions: 384 });
  });

  it('gives another size another space, which is always the same', () => {
    const sizes = spacesOf(ONE, 768);
    const cut = sizes.of(256);
    expect(cut).toMatchObject({ dimensions: 256, fingerprint: expect.stringMatching(/^[\da-f]{16}$/) });
    expect(spacesOf(ONE, 768).of(256).fingerprint).toBe(cut.fingerprint);
  });

  it.each([
    ['a model that was not trained for any other', NO_SMALLER_SIZES, [], 128, 'dimensions must be 384 for a model'],
    ['more than the model has', NO_SMALLER_SIZES, [], 385, 'dimensions must be 384 for a model'],
    ['a size that is not one of those', NO_SMALLER_SIZES, [256, 128], 200, 'dimensions must be 384 or 256 or 128 for a model'],
    ['more than a model has that was trained for all', ANY, [], 1000, 'dimensions must be from 1 to 384 for a model'],
  ])('refuses %s', (_, smaller, allowed, dimensions, message) => {
    const ask = () => spacesOf(smaller, 384, allowed).of(dimensions);
    expect(ask).toThrow(`${message} (ALLOWED_DIMENSIONS adds sizes)`);
  });

  it('allows every size of a model that was trained for all, and the sizes that the operator adds', () => {
    expect(spacesOf(ANY, 3072).of(7).dimensions).toBe(7);
    expect(spacesOf(NO_SMALLER_SIZES, 384, [128]).of(128).dimensions).toBe(128);
  });

  it('gives sizes that need a layer norm another space than those that do not', () => {
    const normed = spacesOf({ ...ONE, layerNormFirst: true }, 768).of(256);
    expect(normed.fingerprint).not.toBe(spacesOf(ONE, 768).of(256).fingerprint);
  });

  it('passes over a size that the operator allows and the model does not have', () => {
    expect(() => spacesOf(NO_SMALLER_SIZES, 384, [512]).of(512)).toThrow('dimensions must be 384 for a model');
  });
});
