import { CallError } from './api.js';
import { byId, make } from './dom.js';
import { embed, MOST_TEXTS } from './embed-call.js';
import { FaultBox } from './fault-box.js';
import { withKey } from './key-dialog.js';
import { linesOf } from './texts.js';
import { chosenModel } from './models.js';
import { hideOther, otherModel, showOther, wireOtherModel } from './other-model.js';
import { showRanked } from './ranked-list.js';
import { rankedBy } from './vector-math.js';

const SHOWN = 10;
const INVITATION = 'The query is embedded as a query, and the texts as documents, with the prompts that the model has for them.';

const area = byId('texts', HTMLTextAreaElement);
const input = byId('query', HTMLInputElement);
const button = byId('search', HTMLButtonElement);
const note = byId('search-note', HTMLParagraphElement);
const results = byId('search-results', HTMLOListElement);
const fault = new FaultBox('search-fault', () => void run());

/** @typedef {import('./embed-call.js').Answer} Answer */

/** The texts as documents, by their space, while they stay the same. @type {Map<string, Answer>} */
const documents = new Map();
let running = false;

/** The field for a query, and the texts that are nearest to it. */
export function wireSearch() {
  byId('search-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  area.addEventListener('input', clear);
  document.addEventListener('keychange', clear);
  document.addEventListener('modelchange', clear);
  wireOtherModel();
  clear();
}

function clear() {
  if (!running) note.textContent = INVITATION;
  results.replaceChildren();
  hideOther();
  fault.hide();
}

async function run() {
  const [texts, query] = [linesOf(area.value), input.value.trim()];
  if (fault.waiting) fault.reveal();
  if (running || fault.waiting || !isSearchable(texts, query)) return;
  setRunning(true);
  fault.hide();
  try {
    const found = await withKey(async () => await find(texts, query, chosenModel()?.id));
    show(texts, found);
    const other = otherModel();
    if (other === undefined) hideOther();
    else {
      const { ranked } = await withKey(async () => await find(texts, query, other));
      showOther(other, texts, { mine: found.ranked.slice(0, SHOWN), others: ranked.slice(0, SHOWN) });
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    clear();
    fault.show(error);
  } finally {
    setRunning(false);
  }
}

/**
 * @param {readonly string[]} texts
 * @param {string} query
 */
function isSearchable(texts, query) {
  if (query === '') {
    fault.say('Write what you look for.');
    input.focus();
  } else if (texts.length === 0) {
    fault.say('There are no texts to search in. Write some, one a line, or take the examples.');
  } else if (texts.length > MOST_TEXTS) {
    fault.say(`At most ${MOST_TEXTS} texts are searched here; there are ${texts.length}.`);
  } else {
    return true;
  }
  results.replaceChildren();
  return false;
}

/**
 * @param {readonly string[]} texts
 * @param {string} query
 * @param {string | undefined} model
 */
async function find(texts, query, model) {
  const asked = await embed([query], false, { inputType: 'query', model });
  const before = documents.get(asked.space);
  const isKnown = before !== undefined && before.texts.join('\n') === texts.join('\n');
  const known = isKnown ? before : await embed(texts, false, { inputType: 'document', model });
  documents.set(asked.space, known);
  return { ranked: rankedBy(asked.vectors[0] ?? [], known.vectors), milliseconds: asked.milliseconds };
}

/**
 * @param {readonly string[]} texts
 * @param {Awaited<ReturnType<typeof find>>} found
 */
function show(texts, { ranked, milliseconds }) {
  const [nearest] = ranked;
  const shown = ranked.slice(0, SHOWN);
  const count = shown.length < texts.length ? `The nearest ${shown.length} of ${texts.length} texts` : inWords(texts.length);
  note.replaceChildren(
    `${count}, by cosine. The query took ${Math.max(1, Math.round(milliseconds))} ms.`,
    make('span', { class: 'visually-hidden', text: ` First: ${texts[nearest?.index ?? 0]}` }), // the note is read aloud, the list is not
  );
  showRanked(results, texts, shown);
}

/** @param {number} count */
function inWords(count) {
  return count === 1 ? 'One text' : `${count} texts`;
}

/** @param {boolean} isRunning */
function setRunning(isRunning) {
  running = isRunning;
  button.textContent = isRunning ? 'Searching …' : 'Search';
  byId('search-form', HTMLFormElement).setAttribute('aria-busy', String(isRunning));
}
