import { Worker } from 'node:worker_threads';
import { Link, threadPort, threadStarts } from '../../link/index.js';
import type { CacheEntry } from '../byte-cache.port.js';
import type { InvalidatedKeys } from '../invalidations.port.js';
import { CLEAR, CLOSE, DELETE, DELETED_BY_OTHERS, PUT, type DiskWriterData } from './disk-writer-messages.js';

const THREAD_PROGRAM = new URL('./disk-writer-thread.js', import.meta.url);

interface DiskWriterClientOptions extends DiskWriterData {
  /** Called before the answer to a request that found the deletion. */
  readonly onDeletedByOthers: (keys: InvalidatedKeys) => void;
  /** The compiled program of the thread. */
  readonly program?: URL;
}

/** Asks the thread that writes. */
export class DiskWriterClient {
  private readonly link: Link;

  constructor({ onDeletedByOthers, program = THREAD_PROGRAM, folder, limits }: DiskWriterClientOptions) {
    const worker = new Worker(program, { workerData: { folder, limits } satisfies DiskWriterData });
    this.link = new Link(threadPort(worker, 'the thread that writes the cache'));
    threadStarts(this.link);
    this.link.answer(DELETED_BY_OTHERS, onDeletedByOthers);
    worker.unref();
  }

  async put(entries: readonly CacheEntry[]): Promise<void> {
    await this.link.ask(PUT, entries);
  }

  /** Resolves to the keys that were there. */
  async delete(keys: readonly string[]): Promise<readonly string[]> {
    return await this.link.ask(DELETE, keys);
  }

  async clear(prefix: string): Promise<void> {
    await this.link.ask(CLEAR, prefix);
  }

  async close(): Promise<void> {
    if (!this.link.isOpen) return;
    await this.link.ask(CLOSE, undefined);
    await this.link.ended;
  }
}
