import { LRUCache } from 'lru-cache';
import type { Embedding, StageTimes } from '../../embedding/index.js';

const ENTRY_OVERHEAD_BYTES = 300;

/** Whole answers to one text by their form. */
type Bodies = Readonly<Record<string, Buffer>>;

/**
 * Keeps whole answers to hits as the bytes that are sent, so that the next hit need not write them again. An answer is
 * found by the memory of its vector: a vector that was computed again has other memory, and is written again.
 */
export class KeptAnswers {
  private readonly bodies: LRUCache<ArrayBuffer, Bodies>;

  constructor(maxBytes: number) {
    this.bodies = new LRUCache({
      maxSize: Math.max(1, Math.floor(maxBytes)),
      sizeCalculation: (bodies, { byteLength }) => sumOfBytes(bodies) + byteLength,
    });
  }

  /** The answer in this form for a vector that comes from the cache; written now if it is not kept. */
  of({ vector: { buffer } }: Embedding, form: string, stages: StageTimes, write: () => string): Buffer {
    const known = this.bodies.get(buffer);
    const kept = known?.[form];
    if (kept !== undefined) return kept;
    const body = writtenNow(stages, write);
    this.bodies.set(buffer, { ...known, [form]: body });
    return body;
  }
}

/** Writes a body, and records how long that takes. */
export function writtenNow(stages: StageTimes, write: () => string): Buffer {
  const startedAt = performance.now();
  const body = Buffer.from(write());
  stages.atLeast('serialize', performance.now() - startedAt);
  return body;
}

function sumOfBytes(bodies: Bodies): number {
  return Object.values(bodies).reduce((sum, { length }) => sum + length + ENTRY_OVERHEAD_BYTES, 0);
}
