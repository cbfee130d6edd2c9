import { Worker } from 'node:worker_threads';
import type { CacheEntry } from '../byte-cache.port.js';
import type { InvalidatedKeys } from '../invalidations.port.js';
import type { DiskReply, DiskRequest, DiskWriterData } from './disk-writer-messages.js';

const THREAD_PROGRAM = new URL('./disk-writer-thread.js', import.meta.url);

interface Waiting {
  resolve(removed: readonly string[]): void;
  reject(error: Error): void;
}

interface DiskWriterClientOptions extends DiskWriterData {
  /** Before the answer to a request that came upon it. */
  readonly onDeletedByOthers: (keys: InvalidatedKeys) => void;
  /** The compiled program of the thread. */
  readonly program?: URL;
}

/** Asks the writer's thread. */
export class DiskWriterClient {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private ended: Error | undefined;

  constructor({ onDeletedByOthers, program = THREAD_PROGRAM, folder, limits }: DiskWriterClientOptions) {
    this.worker = new Worker(program, { workerData: { folder, limits } satisfies DiskWriterData });
    this.worker.on('message', (reply: DiskReply) => {
      if (reply.type === 'deleted-by-others') onDeletedByOthers(reply.keys);
      else if (reply.type === 'done') this.waiting.shift()?.resolve(reply.removed);
      else this.waiting.shift()?.reject(new Error(reply.message));
    });
    this.worker.on('error', (error) => this.end(error instanceof Error ? error : new Error(String(error))));
    this.worker.unref();
    this.worker.on('exit', () => this.end(new Error('the thread that writes the cache has ended')));
  }

  async put(entries: readonly CacheEntry[]): Promise<void> {
    await this.request({ type: 'put', entries });
  }

  /** The keys that were there. */
  async delete(keys: readonly string[]): Promise<readonly string[]> {
    return await this.request({ type: 'delete', keys });
  }

  async clear(): Promise<void> {
    await this.request({ type: 'clear' });
  }

  async close(): Promise<void> {
    if (this.ended !== undefined) return;
    const exited = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()));
    await this.request({ type: 'close' });
    await exited;
  }

  private async request(request: DiskRequest): Promise<readonly string[]> {
    if (this.ended !== undefined) throw this.ended;
    return await new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(request);
    });
  }

  private end(reason: Error): void {
    this.ended ??= reason;
    for (const request of this.waiting.splice(0)) request.reject(reason);
  }
}
