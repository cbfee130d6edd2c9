import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { ServiceError } from '../../errors/index.js';
import { Link, threadPort, threadStarts } from '../../link/index.js';
import { FOLDER_ADVICE } from '../../lmdb/index.js';
import { CALL, type JobStoreThreadData } from './job-store-messages.js';
import type { JobStore } from './job-store.port.js';

const THREAD_PROGRAM = new URL('./job-store-thread.js', import.meta.url);

/** Asks the thread that keeps jobs. When that thread has ended, every call rejects with a ServiceError that says why. */
export class JobStoreThread {
  /** Resolves when the thread can be asked, or has failed for good. */
  readonly started: Promise<void>;
  private readonly link: Link;
  private readonly logger = new Logger('Jobs');
  private closing = false;

  constructor(private readonly data: JobStoreThreadData) {
    this.link = new Link(threadPort(new Worker(THREAD_PROGRAM, { workerData: data }), 'the thread that keeps jobs'));
    threadStarts(this.link);
    this.started = this.link.present().catch(() => undefined); // logEnd() says why
    void this.link.ended.then((cause) => this.logEnd(cause));
  }

  get isAlive(): boolean {
    return this.link.isOpen;
  }

  async call(method: keyof JobStore, args: readonly unknown[]): Promise<unknown> {
    this.closing ||= method === 'close';
    try {
      return await this.link.ask(CALL, { method, args });
    } catch (error) {
      throw this.link.isOpen || error instanceof ServiceError ? error : cannotKeepJobs(error);
    }
  }

  private logEnd(cause: Error): void {
    if (this.closing) return;
    const message = `Jobs cannot be kept: the folder ${this.data.folder} under DATA_DIR cannot be used.`;
    this.logger.error(`${message} ${String(cause)}. ${FOLDER_ADVICE}`);
  }
}

function cannotKeepJobs(cause: unknown): ServiceError {
  return new ServiceError('insufficient_storage', 'Jobs cannot be kept: the folder under DATA_DIR cannot be used.', { cause });
}
