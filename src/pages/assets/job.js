import { call, CallError } from './api.js';
import { eventsOf } from './event-stream.js';

const RECONNECT_MS = 2_000;

/**
 * @typedef {object} Job
 * @property {string} id
 * @property {'queued' | 'active' | 'completed' | 'failed' | 'cancelled'} status
 * @property {{ total: number, completed: number, failed: number }} progress
 * @property {{ code: string, message: string } | null} error
 */

/** @param {readonly object[]} items */
export async function submitJob(items) {
  const body = new Blob(items.map((item) => `${JSON.stringify(item)}\n`));
  const answer = await call('/jobs', { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body });
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

/**
 * Tells of each step of a job until its end, over as many connections as that takes. A job outlives the server.
 *
 * @param {string} id
 * @param {(job: Job) => void} tell
 * @param {(words: string) => void} lost called when the connection is gone, before it is tried anew
 */
export async function watchJob(id, tell, lost) {
  for (;;) {
    try {
      for await (const { data } of eventsOf(await call(`/jobs/${id}/events`))) {
        const job = /** @type {Job} */ (JSON.parse(data));
        tell(job);
        if (isFinished(job)) return;
      }
    } catch (error) {
      if (error instanceof CallError && error.status === 404) throw error;
      lost('The connection is gone; the job goes on. Trying again.');
    }
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}
