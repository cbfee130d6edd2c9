import { CallError } from './api.js';
import { showCode } from './code-view.js';
import { byId, make } from './dom.js';
import { embed, MOST_TEXTS } from './embed-call.js';
import { FaultBox } from './fault-box.js';
import { emptyView } from './empty-view.js';
import { currentKey } from './key.js';
import { withKey } from './key-dialog.js';
import { showMap } from './map-view.js';
import { chosenModel } from './models.js';
import { onService } from './service.js';
import { showSimilarity } from './similarity-view.js';
import { linesOf } from './texts.js';
import { takeLines } from './upload.js';
import { showVectors } from './vectors-view.js';

const EXAMPLES = [
  'The cat sleeps on the warm windowsill.',
  'A kitten is napping in the sun.',
  'My dog loves to chase tennis balls.',
  'How do I reset my password?',
  'I cannot log in to my account.',
  'Where can I change my sign-in details?',
  'Simmer the tomatoes with garlic and basil.',
  'A quick recipe for pasta sauce',
];

const form = byId('try-form', HTMLFormElement);
const area = byId('texts', HTMLTextAreaElement);
const note = byId('texts-note', HTMLSpanElement);
const recompute = byId('recompute', HTMLInputElement);
const button = byId('embed', HTMLButtonElement);
const summary = byId('summary', HTMLParagraphElement);
const stages = byId('stages', HTMLUListElement);
const panels = {
  map: byId('panel-map', HTMLDivElement),
  similarity: byId('panel-similarity', HTMLDivElement),
  vectors: byId('panel-vectors', HTMLDivElement),
  code: byId('panel-code', HTMLDivElement),
};
const fault = new FaultBox('fault', () => void run());

let running = false;
/** The name of the served model, when the service has said it. @type {string | undefined} */
let model;

/** The form with the texts, and the views of their vectors. */
export function wireTryIt() {
  area.value = EXAMPLES.join('\n');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  area.addEventListener('input', textsChanged);
  recompute.addEventListener('change', textsChanged);
  document.addEventListener('keychange', textsChanged);
  document.addEventListener('modelchange', textsChanged);
  onService((stats) => {
    model = stats?.model ?? model;
    textsChanged();
  });
  byId('examples', HTMLButtonElement).addEventListener('click', () => fill(EXAMPLES.join('\n')));
  byId('clear', HTMLButtonElement).addEventListener('click', () => fill(''));
  textsChanged();
  showNothing();
}

async function run() {
  const texts = linesOf(area.value);
  if (fault.waiting) fault.reveal();
  if (running || fault.waiting || !areSendable(texts)) return;
  setRunning(true);
  fault.hide();
  try {
    showAnswer(await withKey(async () => await embed(texts, recompute.checked, { model: chosenModel()?.id })));
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    fault.show(error);
  } finally {
    setRunning(false);
  }
}

/** @param {readonly string[]} texts */
function areSendable(texts) {
  if (texts.length > 0 && texts.length <= MOST_TEXTS) return true;
  if (texts.length === 0) {
    fault.say('Write at least one line of text, or take the examples.');
    area.focus();
  } else {
    fault.say(
      `At most ${MOST_TEXTS} texts are computed at once; there are ${texts.length}. A file may have many more: it is computed as a job.`,
      { label: 'Use them as a file', action: () => void moveToFile(texts) },
    );
  }
  return false;
}

/** @param {readonly string[]} texts */
async function moveToFile(texts) {
  fault.hide();
  await takeLines(texts);
}

/** @param {boolean} isRunning */
function setRunning(isRunning) {
  running = isRunning;
  form.setAttribute('aria-busy', String(isRunning));
  textsChanged();
}

/** @param {import('./embed-call.js').Answer} answer */
function showAnswer(answer) {
  const { texts, cached, tokens, milliseconds, vectors } = answer;
  const cachedCount = cached.filter(Boolean).length;
  const origin = cachedCount === texts.length ? 'all from the cache' : cachedCount === 0 ? 'all computed' : `${cachedCount} from the cache`;
  summary.replaceChildren(
    make('strong', { text: `${texts.length} ${texts.length === 1 ? 'vector' : 'vectors'} in ${round(milliseconds)} ms` }),
    ` · ${origin} · ${tokens} tokens`,
  );
  showStages(answer);
  showVectors(panels.vectors, answer);
  showSimilarity(panels.similarity, texts, vectors);
  showMap(panels.map, answer);
}

/** @param {import('./embed-call.js').Answer} answer */
function showStages({ stages: entered }) {
  const longest = Math.max(...entered.map(({ milliseconds }) => milliseconds), 0.001);
  stages.hidden = entered.length === 0;
  stages.replaceChildren(
    ...entered.map(({ stage, milliseconds }) => {
      const bar = make('span', { class: 'stage-bar', 'aria-hidden': 'true' });
      bar.style.setProperty('--share', String(milliseconds / longest));
      return make('li', {}, [bar, `${stage} `, make('b', { text: `${round(milliseconds)} ms` })]);
    }),
  );
}

function textsChanged() {
  const texts = linesOf(area.value);
  note.textContent = `${texts.length} of at most ${MOST_TEXTS} texts`;
  button.textContent = running ? 'Embedding …' : texts.length < 2 ? 'Embed' : `Embed ${texts.length} texts`;
  const chosen = chosenModel()?.id;
  showCode(panels.code, { texts, recompute: recompute.checked, withKey: currentKey() !== '', model: chosen ?? model, chosen });
}

/** @param {string} text */
function fill(text) {
  area.value = text;
  fault.hide();
  textsChanged();
  if (text === '') showNothing();
  area.focus();
}

function showNothing() {
  summary.textContent = 'Nothing embedded yet.';
  stages.hidden = true;
  for (const panel of [panels.map, panels.similarity, panels.vectors]) {
    panel.replaceChildren(emptyView('Press “Embed” and see where your texts lie.'));
  }
}

/** @param {number} milliseconds */
function round(milliseconds) {
  return milliseconds >= 100 ? milliseconds.toFixed(0) : milliseconds.toPrecision(2);
}
