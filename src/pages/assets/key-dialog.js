import { CallError } from './api.js';
import { byId } from './dom.js';
import { FaultBox } from './fault-box.js';
import { currentKey, refusalOfKey, useKey } from './key.js';
import { askService, onService, readStats } from './service.js';

const dialog = byId('key-dialog', HTMLDialogElement);
const input = byId('key', HTMLInputElement);
const forget = byId('key-forget', HTMLButtonElement);
const use = byId('key-use', HTMLButtonElement);
const intro = byId('key-intro', HTMLParagraphElement);
const opener = byId('key-button', HTMLButtonElement);
const fault = new FaultBox('key-fault', () => void check(input.value.trim()));

/** @type {'any' | 'admin'} */
let wanted = 'any';

/** The button in the header, and the dialog that takes, checks and forgets a key. */
export function wireKey() {
  opener.addEventListener('click', () => void giveKey());
  byId('key-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void check(input.value.trim());
  });
  byId('key-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
  forget.addEventListener('click', () => void accept(''));
  onService((stats) => say(stats));
}

/**
 * Opens the dialog; true = the service accepts the given key.
 *
 * @param {{ reason?: string, role?: 'any' | 'admin' }} [asked] `reason` = why it opens by itself
 */
export async function giveKey({ reason = '', role = 'any' } = {}) {
  wanted = role;
  intro.textContent = `${reason} ${role === 'admin' ? 'An admin key shows how keys, cache and queue are used.' : 'It goes with every call from this page.'}`;
  fault.hide();
  input.value = '';
  forget.hidden = currentKey() === '';
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  return dialog.returnValue === 'given';
}

/**
 * Does work that may need a key. If the service answers 401, it asks for a key and tries again; without a key it throws the refusal.
 *
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withKey(action) {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 401 || !(await giveKey({ reason: refusalOfKey() }))) throw error;
    }
  }
}

/** @param {string} given */
async function check(given) {
  if (fault.waiting) return;
  use.disabled = true;
  fault.hide();
  try {
    const wrong = await faultOf(given);
    if (wrong === undefined) await accept(given);
    else fault.say(wrong);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    fault.show(error, 'The key could not be checked.');
  } finally {
    use.disabled = false;
  }
}

/**
 * Why this key does not work; undefined = it does. Throws a CallError if the service does not say.
 *
 * @param {string} given
 * @returns {Promise<string | undefined>}
 */
async function faultOf(given) {
  if (!/^[\x21-\x7e]+$/.test(given)) return 'A key is one word of letters, digits and signs, without spaces. Paste it again.';
  try {
    const stats = await readStats({ authorization: `Bearer ${given}` });
    if (stats.keys !== undefined) return undefined;
    if (await isOpenToAll()) return 'This is not the admin key, and nothing else needs a key here.';
    return wanted === 'admin' ? 'This key may embed, but not administrate.' : undefined;
  } catch (error) {
    if (!(error instanceof CallError) || error.status !== 401) throw error;
    return 'The service does not know this key.';
  }
}

async function isOpenToAll() {
  return await fetch('/stats', { credentials: 'omit' }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** @param {string} key */
async function accept(key) {
  useKey(key);
  await askService();
  dialog.close(key === '' ? '' : 'given');
}

/** @param {import('./service.js').Stats | undefined} stats */
function say(stats) {
  const isKnown = stats !== undefined && currentKey() !== '';
  opener.textContent = !isKnown ? 'Key' : stats.keys === undefined ? 'Key in use' : 'Admin';
  opener.dataset['state'] = isKnown ? 'known' : 'none';
}
