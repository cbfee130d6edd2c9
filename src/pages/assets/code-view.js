import { SAMPLES } from './code-samples.js';
import { copyButton } from './copy-button.js';
import { make } from './dom.js';
import { embedRequest } from './embed-call.js';
import { recall, remember } from './tab-memory.js';

/** @typedef {{ texts: readonly string[], recompute: boolean, withKey: boolean, model: string | undefined, chosen: string | undefined }} Shown chosen = the model, if there are several */

/** The name under which the tab remembers the chosen language. */
const STORED_AS = 'code';
/** Stands for the name of the model as long as the service does not say it. */
const UNKNOWN_MODEL = 'MODEL';

let chosen = recall(STORED_AS);

/**
 * Writes the call that the page makes for these texts, in the chosen language.
 *
 * @param {HTMLElement} panel
 * @param {Shown} shown
 */
export function showCode(panel, shown) {
  const sample = SAMPLES.find(({ name }) => name === chosen) ?? SAMPLES[0];
  if (sample === undefined) return;
  const { recompute, withKey, model = UNKNOWN_MODEL } = shown;
  const texts = shown.texts.length > 0 ? shown.texts : ['Hello, world!'];
  const code = sample.write({
    origin: location.origin,
    ...embedRequest(texts, recompute, { model: shown.chosen }),
    texts,
    model,
    recompute,
    withKey,
  });
  const choices = SAMPLES.map(({ name }) => {
    const button = make('button', { type: 'button', class: 'small', 'aria-pressed': String(name === sample.name), text: name });
    button.addEventListener('click', () => {
      chosen = name;
      remember(STORED_AS, name);
      showCode(panel, shown);
      const pressed = panel.querySelector('[aria-pressed="true"]');
      if (pressed instanceof HTMLElement) pressed.focus();
    });
    return button;
  });
  panel.replaceChildren(
    make('div', { class: 'switch', role: 'group', 'aria-label': 'Language of the code' }, choices),
    make('div', { class: 'code-head' }, [
      make('p', { class: 'view-note' }, introOf(sample.install, withKey)),
      copyButton(`Copy the ${sample.name} code`, () => code),
    ]),
    make('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': `${sample.name} code`, text: code }),
  );
}

/**
 * @param {string | undefined} install
 * @param {boolean} withKey
 */
function introOf(install, withKey) {
  const needs = install === undefined ? ['Nothing to install.'] : ['First: ', make('code', { text: install })];
  return withKey ? [...needs, ' · It takes your key from the environment variable API_KEY.'] : needs;
}
