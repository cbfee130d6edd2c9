import { byId, make } from './dom.js';
import { chosenModel, severalModels } from './models.js';
import { sharedBy, showRanked } from './ranked-list.js';

const label = byId('other-label', HTMLLabelElement);
const select = byId('other-model', HTMLSelectElement);
const column = byId('other-column', HTMLDivElement);
const note = byId('other-note', HTMLParagraphElement);
const list = byId('other-results', HTMLOListElement);
const title = byId('search-column-title', HTMLParagraphElement);

/** @typedef {import('./ranked-list.js').Ranked} Ranked */

/** The choice of a second model for the search. Its vectors are compared with each other only: they have a space of their own. */
export function wireOtherModel() {
  document.addEventListener('modelchange', () => {
    const before = select.value;
    const others = severalModels().filter(({ id }) => id !== chosenModel()?.id);
    label.hidden = others.length === 0;
    select.replaceChildren(make('option', { value: '', text: 'none' }), ...others.map(({ id }) => make('option', { value: id, text: id })));
    if (others.some(({ id }) => id === before)) select.value = before;
  });
  select.addEventListener('change', hideOther);
}

/** The name of the model to compare with; undefined = none. */
export function otherModel() {
  return select.value === '' ? undefined : select.value;
}

export function hideOther() {
  column.hidden = true;
  title.hidden = true;
  list.replaceChildren();
}

/**
 * Shows what the other model finds beside what the chosen one has found.
 *
 * @param {string} model
 * @param {readonly string[]} texts
 * @param {{ mine: Ranked, others: Ranked }} found
 */
export function showOther(model, texts, { mine, others }) {
  column.hidden = false;
  title.hidden = false;
  title.textContent = chosenModel()?.id ?? '';
  const isSameFirst = mine[0]?.index === others[0]?.index;
  note.textContent = `${model}: ${sharedBy(mine, others)} of ${mine.length} are the same texts, and the first is ${isSameFirst ? 'the same' : 'another'}.`;
  showRanked(list, texts, others);
}
