import type { ChunkRef } from '../job.js';

/**
 * Gives chunks to workers, each chunk to one worker at a time unless a worker is taken for dead. Accounts take turns, a chunk
 * of each, so that many chunks of one do not delay the few of another. The queue knows only which chunks there are: the texts
 * and results are in the JobStore. A chunk that is lost here is offered again, and one that is done twice counts once.
 */
export interface JobQueue {
  /** Adds these chunks of an account to the queue, except those that are in it already. */
  offer(chunks: readonly ChunkRef[], account: string): Promise<void>;
  /** Calls `handle` for each chunk, `concurrency` chunks at a time, until `close`; again later when it rejects with TryLater. */
  work(concurrency: number, handle: (chunk: ChunkRef) => Promise<void>): void;
  /** Says that this process does chunks of these spaces. It holds for ANNOUNCED_MS, so it is to be said again before that. */
  announce(spaces: readonly string[]): Promise<void>;
  /** Whether a process that does chunks of this space has announced it. */
  isServed(space: string): Promise<boolean>;
  /** Chunks in the queue. */
  counts(): Promise<QueueCounts>;
  /** Resolves when no chunk is being worked on any more. */
  close(): Promise<void>;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  /** Chunks that wait for another try. */
  readonly delayed: number;
}

/** How long an announcement holds. It covers a worker whose event loop is late, and one that is being replaced. */
export const ANNOUNCED_MS = 20_000;

export const JOB_QUEUE = Symbol('JOB_QUEUE');

/** Thrown to have a chunk handled again after `delayMs`. */
export class TryLater extends Error {
  override readonly name = 'TryLater';

  constructor(
    readonly delayMs: number,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : 'Try later', { cause });
  }
}

/** Before another try after any other error. */
export const UNEXPECTED_DELAY_MS = 5_000;

export function chunkName({ jobId, start, count }: ChunkRef): string {
  return `${jobId}:${start}:${count}`;
}
