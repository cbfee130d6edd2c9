import { call, CallError } from './api.js';

/**
 * @typedef {object} KeyUsage
 * @property {string} name
 * @property {'client' | 'admin'} role
 * @property {number} requests
 * @property {number} texts
 * @property {number} tokens
 * @property {number} job_texts
 * @property {number} refused by a limit of its own
 * @property {string | null} last_used_at
 *
 * @typedef {object} Stats
 * @property {string} model
 * @property {number} embedding_dim
 * @property {string} provider
 * @property {string} space
 * @property {{ entries: number, hits: number, misses: number, hit_rate: number, memory_bytes: number }} cache
 * @property {{ waiting: number, active: number, delayed: number, completed: number, failed: number }} queue
 * @property {readonly { model: string }[]} models the default first
 * @property {readonly KeyUsage[]} [keys] told to admins only
 */

/**
 * Reads GET /stats; undefined = it needs a key, or another key.
 *
 * @typedef {(stats: Stats | undefined) => void} Listener
 */

/** @type {Listener[]} */
const listeners = [];

/** @type {number | undefined} */
let timer;

/** @param {Listener} listener told of every answer from now on */
export function onService(listener) {
  listeners.push(listener);
}

/** Asks for the served model and informs all listeners. It counts against the limit; over the limit it tries again later. */
export async function askService() {
  clearTimeout(timer);
  try {
    const stats = await readStats();
    for (const listener of listeners) listener(stats);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error.status === 401) for (const listener of listeners) listener(undefined);
    // The pill shows that the server is gone; this asks again when it is back.
    if (error.retryAfterSeconds !== undefined) timer = setTimeout(() => void askService(), 1000 * error.retryAfterSeconds);
  }
}

/** @param {Record<string, string>} [headers] instead of the key in use */
export async function readStats(headers) {
  const answer = await call('/stats', headers === undefined ? {} : { headers });
  return /** @type {Stats} */ (await answer.json());
}
