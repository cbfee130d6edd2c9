import { LRUCache } from 'lru-cache';
import type { Embedding } from './embedding-provider.port.js';
import { float32Json } from './float32-json.js';

const ENTRY_OVERHEAD_BYTES = 200;

/**
 * Writes vectors as JSON, and keeps what was written of vectors that come from the cache: a vector that is asked for
 * again costs no formatting. A vector is known by its memory, so one that was recomputed is written anew.
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
