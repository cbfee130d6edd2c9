import { make } from './dom.js';
import { orSay } from './or-say.js';

const DAY_MS = 86_400_000;

/**
 * A form for a new key.
 *
 * @param {(request: import('./keys-service.js').KeyRequest) => Promise<void>} create
 */
export function keyForm(create) {
  const name = make('input', { id: 'new-key-name', type: 'text', required: '', autocomplete: 'off', spellcheck: 'false', maxlength: '64' });
  const role = make('select', { id: 'new-key-role' }, [make('option', { text: 'client' }), make('option', { text: 'admin' })]);
  const requests = numberInput('new-key-requests');
  const tokens = numberInput('new-key-tokens');
  const days = numberInput('new-key-days');
  const fault = make('p', { id: 'new-key-fault', class: 'dialog-fault', role: 'alert' });
  const submit = make('button', { type: 'submit', class: 'primary', text: 'Create key' });
  const form = make('form', { id: 'new-key', class: 'key-form' }, [
    field('Name', name),
    field('Role', role),
    field('Requests in a window', requests),
    field('Tokens in a window', tokens),
    field('Ends after days', days),
    submit,
    fault,
  ]);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  return form;

  async function send() {
    fault.textContent = '';
    submit.disabled = true;
    await orSay(fault, async () => {
      await create(requestOf());
      form.reset();
    });
    submit.disabled = false;
  }

  /** @returns {import('./keys-service.js').KeyRequest} */
  function requestOf() {
    return {
      name: name.value.trim(),
      role: role.value,
      ...(requests.value === '' ? {} : { requests: Number(requests.value) }),
      ...(tokens.value === '' ? {} : { tokens: Number(tokens.value) }),
      ...(days.value === '' ? {} : { expires_at: new Date(Date.now() + Number(days.value) * DAY_MS).toISOString() }),
    };
  }
}

/** @param {string} id */
function numberInput(id) {
  return make('input', { id, type: 'number', min: '0', step: '1', placeholder: id === 'new-key-days' ? 'never' : 'usual' });
}

/**
 * @param {string} text
 * @param {HTMLInputElement | HTMLSelectElement} input
 */
function field(text, input) {
  return make('div', {}, [make('label', { class: 'label', for: input.id, text }), input]);
}
