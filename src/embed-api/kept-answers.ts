import { LRUCache } from 'lru-cache';
import type { Embedding, StageTimes } from '../embedding/index.js';

const ENTRY_OVERHEAD_BYTES = 300;

/**
 * Whole answers to hits, as the bytes that are sent: asked for again, they need no writing. A vector is known by its
 * memory, so one that was recomputed is written anew.
 */
export class KeptAnswers {
  private readonly bodies: LRUCache<ArrayBuffer, Buffer>;

  constructor(maxBytes: number) {
    this.bodies = new LRUCache({
      maxSize: Math.max(1, Math.floor(maxBytes)),
      sizeCalculation: (body, { byteLength }) => body.length + byteLength + ENTRY_OVERHEAD_BYTES,
    });
  }

  /** Of a vector that comes from the cache. */
  of({ vector: { buffer } }: Embedding, stages: StageTimes, write: () => string): Buffer {
    const known = this.bodies.get(buffer);
    if (known !== undefined) return known;
    const startedAt = performance.now();
    const body = Buffer.from(write());
    stages.atLeast('serialize', performance.now() - startedAt);
    this.bodies.set(buffer, body);
    return body;
  }
}
