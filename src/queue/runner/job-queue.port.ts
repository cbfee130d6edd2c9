import type { ChunkRef } from '../job.js';

/**
 * Has chunks worked on, each by one worker at a time as long as none is taken for dead. It knows only which; what is to
 * do and what is done is in the JobStore, so a chunk that is lost here is offered again, and one that is done twice
 * counts once.
 */
export interface JobQueue {
  /** Puts these in line, except those that are in it already. */
  offer(chunks: readonly ChunkRef[]): Promise<void>;
  /** Has `handle` called for each chunk, `concurrency` of them at a time, until `close`. When it rejects with TryLater, once more later. */
  work(concurrency: number, handle: (chunk: ChunkRef) => Promise<void>): void;
  /** Chunks in line. */
  counts(): Promise<QueueCounts>;
  /** Resolves when nothing is being worked on any more. */
  close(): Promise<void>;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  /** Wait for another try. */
  readonly delayed: number;
}

export const JOB_QUEUE = Symbol('JOB_QUEUE');

/** Not now: the chunk should be handled again after `delayMs`. */
export class TryLater extends Error {
  override readonly name = 'TryLater';

  constructor(
    readonly delayMs: number,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : 'Try later', { cause });
  }
}

/** When what was thrown is no TryLater: something unforeseen. */
export const UNFORESEEN_DELAY_MS = 5_000;

export function chunkName({ jobId, start, count }: ChunkRef): string {
  return `${jobId}:${start}:${count}`;
}
