import { call } from './api.js';
import { make } from './dom.js';
import { withKey } from './key-dialog.js';

const KEPT_MS = 60_000;

/**
 * Downloads an answer of the service with the key in use, which a link cannot carry. Throws a CallError if there is no answer.
 *
 * @param {string} path
 * @param {string} name of the file
 */
export async function saveWithKey(path, name) {
  const answer = await withKey(async () => await call(path));
  const address = URL.createObjectURL(await answer.blob());
  make('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
