import type { ChunkRef } from '../job.js';
import { chunkName, TryLater, UNEXPECTED_DELAY_MS, type JobQueue, type QueueCounts } from './job-queue.port.js';

type Handle = (chunk: ChunkRef) => Promise<void>;

interface Entry {
  readonly chunk: ChunkRef;
  readonly account: string;
}

/** The queue of one process, in its memory. After a start, the chunks are offered again. */
export class EmbeddedJobQueue implements JobQueue {
  /** By account: the chunks that wait. The account whose turn is next comes first. */
  private readonly waiting = new Map<string, Map<string, Entry>>();
  private readonly active = new Map<string, Promise<void>>();
  private readonly delayed = new Map<string, NodeJS.Timeout>();
  private announced: readonly string[] = [];
  private handle: Handle | undefined;
  private concurrency = 0;

  offer(chunks: readonly ChunkRef[], account: string): Promise<void> {
    for (const chunk of chunks) {
      const name = chunkName(chunk);
      if (!this.active.has(name) && !this.delayed.has(name)) this.lineOf(account).set(name, { chunk, account });
    }
    this.dispatch();
    return Promise.resolve();
  }

  work(concurrency: number, handle: Handle): void {
    this.concurrency = concurrency;
    this.handle = handle;
    this.dispatch();
  }

  /** Holds until the end, because no other process could do the chunks. */
  announce(spaces: readonly string[]): Promise<void> {
    this.announced = spaces;
    return Promise.resolve();
  }

  isServed(space: string): Promise<boolean> {
    return Promise.resolve(this.announced.includes(space));
  }

  counts(): Promise<QueueCounts> {
    let waiting = 0;
    for (const line of this.waiting.values()) waiting += line.size;
    return Promise.resolve({ waiting, active: this.active.size, delayed: this.delayed.size });
  }

  async close(): Promise<void> {
    this.handle = undefined;
    this.waiting.clear();
    for (const timer of this.delayed.values()) clearTimeout(timer);
    this.delayed.clear();
    await Promise.allSettled(this.active.values());
  }

  private lineOf(account: string): Map<string, Entry> {
    const line = this.waiting.get(account) ?? new Map<string, Entry>();
    this.waiting.set(account, line);
    return line;
  }

  private dispatch(): void {
    while (this.handle !== undefined && this.active.size < this.concurrency) {
      const next = this.takeNext();
      if (next === undefined) return;
      const name = chunkName(next.chunk);
      this.active.set(name, this.run(name, next, this.handle));
    }
  }

  /** The oldest chunk of the account whose turn it is, which then goes to the end. */
  private takeNext(): Entry | undefined {
    for (const [account, line] of this.waiting) {
      this.waiting.delete(account);
      for (const [name, entry] of line) {
        line.delete(name);
        if (line.size > 0) this.waiting.set(account, line);
        return entry;
      }
    }
    return undefined;
  }

  private async run(name: string, entry: Entry, handle: Handle): Promise<void> {
    let retryInMs: number | undefined;
    try {
      await handle(entry.chunk);
    } catch (error) {
      retryInMs = error instanceof TryLater ? error.delayMs : UNEXPECTED_DELAY_MS;
    }
    this.active.delete(name);
    if (retryInMs !== undefined && this.handle !== undefined) this.delay(name, entry, retryInMs);
    this.dispatch();
  }

  private delay(name: string, { chunk, account }: Entry, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.delayed.delete(name);
      void this.offer([chunk], account);
    }, milliseconds);
    this.delayed.set(name, timer);
  }
}
