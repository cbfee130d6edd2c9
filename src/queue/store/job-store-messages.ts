import type { Topic } from '../../link/index.js';
import type { JobStore } from './job-store.port.js';

export interface JobStoreThreadData {
  readonly folder: string;
  readonly ttlMs: number;
}

export interface JobStoreCall {
  readonly method: keyof JobStore;
  readonly args: readonly unknown[];
}

/** A call of the job store; the answer is its result. After the call of `close` the thread ends. */
export const CALL: Topic<JobStoreCall, unknown> = { name: 'call' };
