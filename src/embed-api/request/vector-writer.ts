import { cutTo, type Embedding, type EmbeddingSpace } from '../../embedding/index.js';
import type { EmbeddingRenderer } from './embedding-renderer.js';

/** Writes the vectors of one answer in the size that its request asks for. */
export class VectorWriter {
  constructor(
    private readonly renderer: EmbeddingRenderer,
    private readonly space: Pick<EmbeddingSpace, 'dimensions' | 'normalization'>,
  ) {}

  json(embedding: Embedding): string {
    return this.renderer.toJson(this.sized(embedding));
  }

  base64(embedding: Embedding): string {
    return this.renderer.toBase64(this.sized(embedding));
  }

  private sized(embedding: Embedding): Embedding {
    if (embedding.vector.length <= this.space.dimensions) return embedding;
    return { ...cutTo(this.space, embedding), cached: false }; // or the renderer would keep it, and never find it again
  }
}
