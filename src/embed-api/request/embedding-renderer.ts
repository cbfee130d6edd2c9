import { LRUCache } from 'lru-cache';
import type { Embedding } from '../../embedding/index.js';
import { float32Json } from '../../vectors/index.js';

const ENTRY_OVERHEAD_BYTES = 200;

/**
 * Writes vectors as JSON. It keeps the JSON of vectors that come from the cache, so that the next answer need not
 * format them. It finds a vector by its memory: a vector that was computed again has other memory, and is written again.
 */
export class EmbeddingRenderer {
  private readonly written: LRUCache<ArrayBuffer, string>;

  constructor(maxBytes: number) {
    this.written = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (json, { byteLength }) => json.length + byteLength + ENTRY_OVERHEAD_BYTES,
    });
  }

  toJson({ vector, cached }: Embedding): string {
    if (!cached) return float32Json(vector);
    const known = this.written.get(vector.buffer);
    if (known !== undefined) return known;
    const json = float32Json(vector);
    this.written.set(vector.buffer, json);
    return json;
  }
}
