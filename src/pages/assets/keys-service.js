import { call, postJson } from './api.js';
import { withKey } from './key-dialog.js';

/**
 * @typedef {object} Key
 * @property {string} name
 * @property {'client' | 'admin'} role
 * @property {number | null} requests
 * @property {number | null} tokens
 * @property {'API_KEYS' | 'API_KEYS_FILE' | 'store' | 'ADMIN_KEY'} source
 * @property {'active' | 'expired' | 'shadowed'} state
 * @property {string | null} expires_at
 * @property {readonly { created_at: string, expires_at: string | null }[]} secrets
 *
 * @typedef {Key & { secret: string, notice?: string }} IssuedKey
 *
 * @typedef {object} KeyRequest
 * @property {string} name
 * @property {string} role
 * @property {number} [requests]
 * @property {number} [tokens]
 * @property {string} [expires_at]
 *
 * @typedef {object} DayUse
 * @property {string} day
 * @property {string} name
 * @property {number} requests
 * @property {number} refused
 * @property {number} texts
 * @property {number} tokens
 * @property {number} job_texts
 */

/** @returns {Promise<readonly Key[]>} */
export async function listKeys() {
  const answer = await withKey(async () => await call('/keys'));
  return /** @type {{ data: readonly Key[] }} */ (await answer.json()).data;
}

/** @param {KeyRequest} request */
export async function createKey(request) {
  return await issued('/keys', request);
}

/** The older secret works for a day. @param {string} name */
export async function rotateKey(name) {
  return await issued(`${pathOf(name)}/rotate`, {});
}

/** @param {string} name */
export async function revokeKey(name) {
  await withKey(async () => await call(pathOf(name), { method: 'DELETE' }));
}

/**
 * @param {number} days
 * @returns {Promise<readonly DayUse[]>}
 */
export async function readUsage(days) {
  const answer = await withKey(async () => await call(`/keys/usage?days=${days}`));
  return /** @type {{ data: readonly DayUse[] }} */ (await answer.json()).data;
}

/** @param {string} name */
function pathOf(name) {
  return `/keys/${encodeURIComponent(name)}`;
}

/**
 * @param {string} path
 * @param {object} body
 */
async function issued(path, body) {
  const answer = await withKey(async () => await postJson(path, body));
  return /** @type {IssuedKey} */ (await answer.json());
}
