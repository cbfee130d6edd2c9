import { CallError } from './api.js';
import { byId, make } from './dom.js';
import { embed, MOST_TEXTS } from './embed-call.js';
import { FaultBox } from './fault-box.js';
import { withKey } from './key-dialog.js';
import { linesOf } from './texts.js';
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

/** The texts as documents, while they stay the same. @type {Answer | undefined} */
let documents;
let running = false;

/** The field for a query, and the texts that are nearest to it. */
export function wireSearch() {
  byId('search-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  area.addEventListener('input', clear);
  document.addEventListener('keychange', clear);
  clear();
}

function clear() {
  if (!running) note.textContent = INVITATION;
  results.replaceChildren();
  fault.hide();
}

async function run() {
  const [texts, query] = [linesOf(area.value), input.value.trim()];
  if (fault.waiting) fault.reveal();
  if (running || fault.waiting || !isSearchable(texts, query)) return;
  setRunning(true);
  fault.hide();
  try {
    show(texts, await withKey(async () => await find(texts, query)));
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
 */
async function find(texts, query) {
  const asked = await embed([query], false, 'query');
  const isKnown = documents?.texts.join('\n') === texts.join('\n') && documents.space === asked.space;
  const known = isKnown && documents !== undefined ? documents : await embed(texts, false, 'document');
  documents = known;
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
  results.replaceChildren(
    ...shown.map(({ index, cosine }) => {
      const bar = make('span', { class: 'found-bar', 'aria-hidden': 'true' });
      bar.style.setProperty('--share', String(Math.max(0, cosine)));
      const score = make('b', { text: cosine.toFixed(3).replace('-0.000', '0.000') });
      return make('li', {}, [score, make('span', { class: 'found-text' }, [texts[index] ?? '', bar])]);
    }),
  );
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
