import { WHOLE } from './embedding-result.fake.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { VectorWriter } from './vector-writer.js';

describe('VectorWriter', () => {
  it('cuts vectors to the size that was asked for, and keeps nothing of the cut ones', () => {
    const renderer = new EmbeddingRenderer(100_000);
    expect(new VectorWriter(renderer, { dimensions: 1, normalization: 'l2' }).json(WHOLE)).toBe('[1]');
    expect(new VectorWriter(renderer, { dimensions: 2, normalization: 'l2' }).json(WHOLE)).toBe('[0.5,-0.5]');
    expect(Buffer.from(new VectorWriter(renderer, { dimensions: 1, normalization: 'l2' }).base64(WHOLE), 'base64')).toHaveLength(4);
  });
});
