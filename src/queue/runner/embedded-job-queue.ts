import type { ChunkRef } from '../job.js';
import { chunkName, TryLater, UNFORESEEN_DELAY_MS, type JobQueue, type QueueCounts } from './job-queue.port.js';

type Handle = (chunk: ChunkRef) => Promise<void>;

/** The line of one process, in its memory: after a start the chunks are offered anew. First come, first served. */
export class EmbeddedJobQueue implements JobQueue {
  private readonly waiting = new Map<string, ChunkRef>();
  private readonly active = new Map<string, Promise<void>>();
  private readonly delayed = new Map<string, NodeJS.Timeout>();
  private handle: Handle | undefined;
  private concurrency = 0;

  offer(chunks: readonly ChunkRef[]): Promise<void> {
    for (const chunk of chunks) {
      const name = chunkName(chunk);
      if (!this.active.has(name) && !this.delayed.has(name)) this.waiting.set(name, chunk);
    }
    this.dispatch();
    return Promise.resolve();
  }

  work(concurrency: number, handle: Handle): void {
    this.concurrency = concurrency;
    this.handle = handle;
    this.dispatch();
  }

  counts(): Promise<QueueCounts> {
    return Promise.resolve({ waiting: this.waiting.size, active: this.active.size, delayed: this.delayed.size });
  }

  async close(): Promise<void> {
    this.handle = undefined;
    this.waiting.clear();
    for (const timer of this.delayed.values()) clearTimeout(timer);
    this.delayed.clear();
    await Promise.allSettled(this.active.values());
  }

  private dispatch(): void {
    for (const [name, chunk] of this.waiting) {
      if (this.handle === undefined || this.active.size >= this.concurrency) return;
      this.waiting.delete(name);
      this.active.set(name, this.run(name, chunk, this.handle));
    }
  }

  private async run(name: string, chunk: ChunkRef, handle: Handle): Promise<void> {
    let retryInMs: number | undefined;
    try {
      await handle(chunk);
    } catch (error) {
      retryInMs = error instanceof TryLater ? error.delayMs : UNFORESEEN_DELAY_MS;
    }
    this.active.delete(name);
    if (retryInMs !== undefined && this.handle !== undefined) this.delay(name, chunk, retryInMs);
    this.dispatch();
  }

  private delay(name: string, chunk: ChunkRef, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.delayed.delete(name);
      void this.offer([chunk]);
    }, milliseconds);
    this.delayed.set(name, timer);
  }
}
