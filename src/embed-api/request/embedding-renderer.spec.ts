import type { Embedding } from '../../embedding/index.js';
import { EmbeddingRenderer } from './embedding-renderer.js';

function embeddingOf(vector: Float32Array<ArrayBuffer>, cached: boolean): Embedding {
  return { vector, tokens: 1, inputTokens: 1, cached };
}

/** Changes a vector, which the service never does, to see whether it is written again. */
function isWrittenAgain(renderer: EmbeddingRenderer, embedding: Embedding): boolean {
  const before = embedding.vector[0] ?? 0;
  embedding.vector[0] = before + 1;
  const json = renderer.toJson(embedding);
  embedding.vector[0] = before;
  return json !== JSON.stringify([...embedding.vector]);
}

describe('EmbeddingRenderer', () => {
  it('writes a vector as JSON', () => {
    const renderer = new EmbeddingRenderer(10_000);
    expect(renderer.toJson(embeddingOf(Float32Array.of(0.5, -0.25), false))).toBe('[0.5,-0.25]');
    expect(renderer.toJson(embeddingOf(Float32Array.of(0.5, -0.25), true))).toBe('[0.5,-0.25]');
  });

  it('writes a vector from the cache once', () => {
    const renderer = new EmbeddingRenderer(10_000);
    const embedding = embeddingOf(Float32Array.of(0.5), true);
    renderer.toJson(embedding);
    expect(isWrittenAgain(renderer, embedding)).toBe(false);
  });

  it('does not keep the JSON of a vector that was just computed', () => {
    const renderer = new EmbeddingRenderer(10_000);
    const embedding = embeddingOf(Float32Array.of(0.5), false);
    renderer.toJson(embedding);
    expect(isWrittenAgain(renderer, { ...embedding, cached: true })).toBe(true);
  });

  it('writes a vector again if it was computed again', () => {
    const renderer = new EmbeddingRenderer(10_000);
    renderer.toJson(embeddingOf(Float32Array.of(0.5), true));
    expect(renderer.toJson(embeddingOf(Float32Array.of(0.25), true))).toBe('[0.25]');
  });

  it('keeps the most recently used JSON within its bytes', () => {
    const renderer = new EmbeddingRenderer(10_000);
    const embeddings = Array.from({ length: 100 }, () => embeddingOf(new Float32Array(64).fill(0.5), true));
    for (const embedding of embeddings) renderer.toJson(embedding);
    const newestFirst = embeddings.toReversed();
    const kept = newestFirst.findIndex((embedding) => isWrittenAgain(renderer, embedding));
    expect(kept).toBeGreaterThan(0);
    expect(kept * 64 * Float32Array.BYTES_PER_ELEMENT).toBeLessThanOrEqual(10_000);
  });
});
