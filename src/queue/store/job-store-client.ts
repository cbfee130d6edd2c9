import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { ServiceError } from '../../errors/index.js';
import { FOLDER_ADVICE } from '../../lmdb/index.js';
import type { JobStoreCall, JobStoreReply, JobStoreThreadData } from './job-store-messages.js';
import type { JobStore } from './job-store.port.js';

const THREAD_PROGRAM = new URL('./job-store-thread.js', import.meta.url);
const RETRY_SECONDS = 10;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Asks the thread that keeps jobs. Where it cannot, every call rejects and says so. */
export class JobStoreThread {
  /** Resolves when the thread can be asked, or has failed for good. */
  readonly started: Promise<void>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly logger = new Logger('Jobs');
  private lastId = 0;
  private closing = false;
  private ended: ServiceError | undefined;

  constructor(private readonly data: JobStoreThreadData) {
    this.worker = new Worker(THREAD_PROGRAM, { workerData: data });
    this.started = new Promise((resolve) => {
      this.worker.once('message', () => resolve());
      this.worker.once('exit', () => resolve());
    });
    this.worker.on('message', (reply: JobStoreReply | 'ready') => reply !== 'ready' && this.settle(reply));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('the thread that keeps jobs has ended')));
  }

  get isAlive(): boolean {
    return this.ended === undefined;
  }

  async call(method: keyof JobStore, args: readonly unknown[]): Promise<unknown> {
    if (this.ended !== undefined) throw this.ended;
    return await new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.closing ||= method === 'close';
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, args } satisfies JobStoreCall);
    });
  }

  private settle(reply: JobStoreReply): void {
    const call = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('value' in reply) call?.resolve(reply.value);
    else call?.reject(errorOf(reply.error));
  }

  private end(cause: unknown): void {
    if (this.ended !== undefined) return;
    const message = `Jobs cannot be kept: the folder ${this.data.folder} under DATA_DIR cannot be used.`;
    this.ended = new ServiceError('insufficient_storage', 'Jobs cannot be kept: the folder under DATA_DIR cannot be used.', { cause });
    if (!this.closing) this.logger.error(`${message} ${String(cause)}. ${FOLDER_ADVICE}`);
    for (const call of this.waiting.values()) call.reject(this.ended);
    this.waiting.clear();
  }
}

function errorOf({ code, message, detail }: Extract<JobStoreReply, { error: unknown }>['error']): Error {
  const cause = new Error(detail);
  return code === undefined
    ? new Error(message, { cause })
    : new ServiceError(code, message, { cause, ...(code === 'unavailable' ? { retryAfterSeconds: RETRY_SECONDS } : {}) });
}
