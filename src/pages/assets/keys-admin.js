import { isConfirmed } from './confirm-dialog.js';
import { copyButton } from './copy-button.js';
import { make } from './dom.js';
import { keyForm } from './key-form.js';
import { createKey, listKeys, revokeKey, rotateKey } from './keys-service.js';
import { orSay } from './or-say.js';

/** @typedef {import('./keys-service.js').Key} Key */

const FROM = { API_KEYS: 'API_KEYS', API_KEYS_FILE: 'API_KEYS_FILE', store: 'created here', ADMIN_KEY: 'ADMIN_KEY' };
const STATES = { active: 'active', expired: 'expired', shadowed: 'not used: the settings have this name' };
const COLUMNS = ['Key', 'Role', 'From', 'State', 'Ends', 'Requests', 'Tokens', 'Change'];

const rows = make('tbody', { id: 'managed-keys' });
const issuedBox = make('div', { id: 'issued-key', class: 'issued', role: 'status' });
const answer = make('p', { id: 'keys-answer', class: 'answer', role: 'status' });
const form = keyForm(async (request) => {
  showIssued(await createKey(request));
  await showManagedKeys();
});

/** The card in which an admin creates, rotates and revokes keys. */
export function managedKeysCard() {
  const head = make(
    'tr',
    {},
    COLUMNS.map((text) => make('th', { scope: 'col', class: 'word', text })),
  );
  const table = make('table', { class: 'figures' }, [make('thead', {}, [head]), rows]);
  return make('div', { class: 'card admin-card' }, [
    make('h3', { text: 'Create and change keys' }),
    make('div', { class: 'table-frame', tabindex: '0', role: 'region', 'aria-label': 'All keys' }, [table]),
    answer,
    issuedBox,
    form,
    make('p', { class: 'note', text: 'Keys of the settings are changed there. Rotate gives a new secret; the older one works for a day.' }),
  ]);
}

/** Reads the keys again. */
export async function showManagedKeys() {
  await orSay(answer, async () => rows.replaceChildren(...(await listKeys()).map(rowOf)));
}

/** @param {Key} key */
function rowOf(key) {
  const { name, role, source, state, expires_at: expiresAt, requests, tokens, secrets } = key;
  const cells = [
    role,
    FROM[source],
    secrets.length > 1 ? 'two secrets' : STATES[state],
    dayOf(expiresAt),
    limitOf(requests),
    limitOf(tokens),
  ];
  return make('tr', {}, [
    make('th', { scope: 'row', text: name }),
    ...cells.map((text) => make('td', { class: 'word', text })),
    make('td', { class: 'word' }, source === 'store' ? buttonsOf(key) : []),
  ]);
}

/** @param {Key} key */
function buttonsOf({ name, state }) {
  const revoking = button(`Revoke ${name}`, 'Revoke', async () => {
    const question = {
      title: `Revoke the key ${name}?`,
      detail: 'Its callers are refused within a second. This cannot be undone.',
      action: 'Revoke it',
    };
    if (!(await isConfirmed(question))) return;
    await revokeKey(name);
    answer.textContent = `The key ${name} is revoked.`;
  });
  revoking.classList.add('danger');
  const rotating = button(`Rotate ${name}`, 'Rotate', async () => {
    const question = {
      title: `Give the key ${name} a new secret?`,
      detail: 'The secret in use works for one more day. Give the new one to the callers by then.',
      action: 'Rotate it',
    };
    if (await isConfirmed(question)) showIssued(await rotateKey(name));
  });
  return state === 'active' ? [rotating, ' ', revoking] : [revoking];
}

/**
 * @param {string} label
 * @param {string} text
 * @param {() => Promise<void>} action
 */
function button(label, text, action) {
  const made = make('button', { type: 'button', class: 'small', 'aria-label': label, text });
  made.addEventListener('click', () => {
    answer.textContent = '';
    void orSay(answer, action).then(showManagedKeys);
  });
  return made;
}

/** @param {import('./keys-service.js').IssuedKey} issued */
function showIssued({ name, secret, notice }) {
  const hide = make('button', { type: 'button', class: 'small', text: 'Hide' });
  hide.addEventListener('click', () => issuedBox.replaceChildren());
  issuedBox.replaceChildren(
    make('p', { text: `The secret of ${name}, shown this once. Copy it now; the service keeps only its hash.` }),
    make('p', { class: 'issued-secret' }, [
      make('code', { id: 'issued-secret', text: secret }),
      copyButton(`Copy the secret of ${name}`, () => secret),
      hide,
    ]),
    ...(notice === undefined ? [] : [make('p', { class: 'note', text: notice })]),
  );
}

/** @param {string | null} time */
function dayOf(time) {
  return time === null ? 'never' : time.slice(0, 10);
}

/** @param {number | null} limit */
function limitOf(limit) {
  if (limit === null) return 'usual';
  return limit === 0 ? 'no limit' : limit.toLocaleString('en');
}
