/** The program of the thread that keeps jobs on the disk, so that the thread that serves HTTP never waits for the disk. */
import { parentPort, workerData } from 'node:worker_threads';
import { Link, parentLinkPort } from '../../link/index.js';
import { CALL, type JobStoreThreadData } from './job-store-messages.js';
import { LmdbJobStore } from './lmdb-job-store.js';

const { folder, ttlMs } = workerData as JobStoreThreadData;
const store = LmdbJobStore.open(folder, { now: Date.now, ttlMs });

new Link(parentLinkPort()).answer(CALL, async ({ method, args }) => {
  const call = store[method].bind(store) as (...values: readonly unknown[]) => Promise<unknown>;
  const result = await call(...args);
  if (method === 'close') setImmediate(() => parentPort?.close()); // after the answer
  return result;
});
