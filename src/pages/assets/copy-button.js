import { make } from './dom.js';

const SAID_FOR_MS = 1500;

/**
 * A button that copies what `read` returns.
 *
 * @param {string} label what it copies, for those who do not see where it is
 * @param {() => string} read
 * @param {string} [words] on the button
 */
export function copyButton(label, read, words = 'Copy') {
  const button = make('button', { type: 'button', class: 'small', 'aria-label': label, text: words });
  /** @param {string} outcome */
  const say = (outcome) => {
    button.textContent = outcome;
    setTimeout(() => (button.textContent = words), SAID_FOR_MS);
  };
  button.addEventListener('click', () => {
    copy(read()).then(
      () => say('Copied'),
      () => say('Not allowed'),
    );
  });
  return button;
}

/** @param {string} text */
async function copy(text) {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Browsers allow the clipboard only on https and localhost; a service in a company's network is often on neither.
  const area = make('textarea', { class: 'visually-hidden' });
  area.value = text;
  document.body.append(area);
  area.select();
  // oxlint-disable-next-line typescript/no-deprecated -- outside of a secure context there is no other way
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) throw new Error('The browser does not allow to copy');
}
