/** The program of the thread that keeps jobs on the disk: nobody who serves HTTP waits for the disk here. */
import { parentPort, workerData } from 'node:worker_threads';
import { ServiceError } from '../../errors/index.js';
import type { JobStoreCall, JobStoreReply, JobStoreThreadData } from './job-store-messages.js';
import { LmdbJobStore } from './lmdb-job-store.js';

const { folder, ttlMs } = workerData as JobStoreThreadData;
const store = LmdbJobStore.open(folder, { now: Date.now, ttlMs });

async function answer({ id, method, args }: JobStoreCall): Promise<JobStoreReply> {
  try {
    const call = store[method].bind(store) as (...values: readonly unknown[]) => Promise<unknown>;
    return { id, value: await call(...args) };
  } catch (error) {
    const { message } = error as Error;
    const cause = (error as Error).cause ?? error;
    const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { id, error: { code: error instanceof ServiceError ? error.code : undefined, message, detail } };
  }
}

async function reply(call: JobStoreCall): Promise<void> {
  parentPort?.postMessage(await answer(call));
  if (call.method === 'close') parentPort?.close();
}

parentPort?.on('message', (call: JobStoreCall) => {
  void reply(call);
});
parentPort?.postMessage('ready');
