import type { Embedding } from '../../embedding/index.js';
import type { EmbeddingRenderer } from './embedding-renderer.js';
import { cutTo } from './output-sizes.js';

/** Writes the vectors of one answer in the size that its request asks for. */
export class VectorWriter {
  constructor(
    private readonly renderer: EmbeddingRenderer,
    private readonly dimensions: number,
  ) {}

  json(embedding: Embedding): string {
    return this.renderer.toJson(this.sized(embedding));
  }

  base64(embedding: Embedding): string {
    return this.renderer.toBase64(this.sized(embedding));
  }

  private sized(embedding: Embedding): Embedding {
    if (embedding.vector.length <= this.dimensions) return embedding;
    return { ...cutTo(this.dimensions, embedding), cached: false }; // or the renderer would keep it, and never find it again
  }
}
