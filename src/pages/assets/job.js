import { call, CallError } from './api.js';
import { eventsOf } from './event-stream.js';
import { chosenModel } from './models.js';

const RECONNECT_MS = 2_000;
/** Statuses after which asking again does not help: no key, a wrong key, no such job. */
const HOPELESS = new Set([401, 403, 404]);

/**
 * @typedef {object} Job
 * @property {string} id
 * @property {'queued' | 'active' | 'completed' | 'failed' | 'cancelled'} status
 * @property {{ total: number, completed: number, failed: number }} progress
 * @property {string} created_at
 * @property {{ code: string, message: string } | null} error
 */

export const STATUS_WORDS = {
  queued: 'Waits in the queue',
  active: 'Being computed',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** @param {readonly object[]} items */
export async function submitJob(items) {
  const body = new Blob(items.map((item) => `${JSON.stringify(item)}\n`));
  const model = chosenModel()?.id;
  const query = model === undefined ? '' : `?model=${encodeURIComponent(model)}`;
  const answer = await call(`/jobs${query}`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body });
  return /** @type {Job} */ (await answer.json());
}

/** @param {string} id */
export async function cancelJob(id) {
  await call(`/jobs/${id}`, { method: 'DELETE' });
}

/** @param {Job} job */
export function isFinished({ status }) {
  return status !== 'queued' && status !== 'active';
}

/** Texts with a vector or an error. @param {Job} job */
export function doneOf({ progress: { completed, failed } }) {
  return completed + failed;
}

/** The newest jobs. @param {number} limit */
export async function listJobs(limit) {
  return /** @type {{ data: readonly Job[], has_more: boolean }} */ (await (await call(`/jobs?limit=${limit}`)).json());
}

/** @param {string} id */
export async function readJob(id) {
  return /** @type {Job} */ (await (await call(`/jobs/${id}`)).json());
}

/**
 * Reports each step of a job until its end. It reconnects when the connection is lost, because a job outlives the server.
 * Throws a CallError if the job can no longer be seen.
 *
 * @param {string} id
 * @param {{ tell: (job: Job) => void, lost: (words: string) => void, signal: AbortSignal }} watcher `lost` is called when the
 *   connection is lost, before the next try
 */
export async function watchJob(id, { tell, lost, signal }) {
  while (!signal.aborted) {
    let wait = RECONNECT_MS;
    try {
      for await (const { data } of eventsOf(await call(`/jobs/${id}/events`, { signal }))) {
        const job = /** @type {Job} */ (JSON.parse(data));
        tell(job);
        if (isFinished(job)) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CallError && HOPELESS.has(error.status)) throw error;
      if (error instanceof CallError && error.retryAfterSeconds !== undefined) wait = 1000 * error.retryAfterSeconds;
      lost('The connection is lost; the job continues. Trying again.');
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
