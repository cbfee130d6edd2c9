import { currentKey } from './key.js';

/**
 * Why a call had no result, in words for the person at the page. `retryAfterSeconds` is set if waiting helps.
 */
export class CallError extends Error {
  /**
   * @param {number} status 0 = no answer at all
   * @param {string} message
   * @param {number} [retryAfterSeconds]
   */
  constructor(status, message, retryAfterSeconds) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** @returns {Record<string, string>} */
function credentials() {
  const key = currentKey();
  return key === '' ? {} : { authorization: `Bearer ${key}` };
}

/** @typedef {Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }} CallOptions */

/**
 * Sends a request and returns its answer; throws a CallError if the answer is no success.
 *
 * @param {string} path
 * @param {CallOptions} [options]
 */
export async function call(path, options = {}) {
  const answer = await send(path, options);
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {Record<string, string>} [headers]
 */
export async function postJson(path, body, headers = {}) {
  return await call(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}

/**
 * @param {string} path
 * @param {CallOptions} options
 */
async function send(path, options) {
  try {
    return await fetch(path, { ...options, headers: { ...credentials(), ...options.headers } });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new CallError(0, 'The server does not answer. This page continues by itself when the server is back.');
  }
}

/** @param {Response} answer */
async function refusal(answer) {
  const { message } = await answer.json().then(
    (/** @type {unknown} */ body) => /** @type {{ message?: string }} */ (body ?? {}),
    () => ({ message: undefined }),
  );
  const wait = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return new CallError(answer.status, message ?? `The server answered ${answer.status}.`, Number.isFinite(wait) ? wait : undefined);
}
