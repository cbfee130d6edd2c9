import { WHOLE } from './embedding-result.fake.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { VectorWriter } from './vector-writer.js';

describe('VectorWriter', () => {
  it('cuts vectors to the requested size, and does not keep the cut ones', () => {
    const renderer = new EmbeddingRenderer(100_000);
    const writerOf = (dimensions: number): VectorWriter =>
      new VectorWriter(renderer, { model: 'm', dimensions, normalization: 'l2' }, undefined);
    expect(writerOf(1).json(WHOLE)).toBe('[1]');
    expect(writerOf(2).json(WHOLE)).toBe('[0.5,-0.5]');
    expect(Buffer.from(writerOf(1).base64(WHOLE), 'base64')).toHaveLength(4);
  });

  it('writes the base64 of little-endian float32 values, also of a view of a larger vector', () => {
    const writer = new VectorWriter(new EmbeddingRenderer(1000), { model: 'm', dimensions: 2, normalization: 'l2' }, undefined);
    const bytes = Buffer.from(writer.base64({ ...WHOLE, vector: Float32Array.of(9, 1, -2.5, 9).subarray(1, 3) }), 'base64');
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 1, -2.5]);
  });

  it('gives vectors the length that the model gave them, if this is requested and known', () => {
    const writer = new VectorWriter(new EmbeddingRenderer(1000), { model: 'm', dimensions: 2, normalization: 'none' }, undefined);
    expect(writer.json({ ...WHOLE, length: 4 })).toBe('[2,-2]');
    expect(() => writer.json(WHOLE)).toThrow('normalize must be true for this model');
  });

  it('writes small types from the same vector, and refuses whole numbers for vectors without ranges', () => {
    const space = { model: 'm', dimensions: 2, normalization: 'l2' };
    const ranges = { least: Float32Array.of(-1, -1), greatest: Float32Array.of(1, 1) };
    const writer = new VectorWriter(new EmbeddingRenderer(1000), space, ranges);
    expect([writer.json(WHOLE, 'ubinary'), writer.json(WHOLE, 'binary'), writer.json(WHOLE, 'uint8'), writer.json(WHOLE, 'int8')]).toEqual([
      '[128]',
      '[0]',
      '[191,64]',
      '[63,-64]',
    ]);
    expect(Buffer.from(writer.base64(WHOLE, 'int8'), 'base64')).toEqual(Buffer.from([63, 192]));
    expect(() => writer.refuseUnknown(['float', 'int8'])).not.toThrow();
    const without = new VectorWriter(new EmbeddingRenderer(1000), space, undefined);
    expect(() => without.refuseUnknown(['binary'])).not.toThrow();
    expect(() => without.refuseUnknown(['int8'])).toThrow('output_dtype cannot be int8: the ranges of m were not measured');
  });
});
