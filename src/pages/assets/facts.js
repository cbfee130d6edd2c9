import { byId, make } from './dom.js';
import { refusalOfKey } from './key.js';
import { giveKey } from './key-dialog.js';
import { chosenModel } from './models.js';
import { onService } from './service.js';

const locked = byId('locked', HTMLDivElement);

/** Shows the served model under the headline, or that it needs a key. */
export function wireFacts() {
  byId('locked-key', HTMLButtonElement).addEventListener('click', () => void giveKey());
  const showAgain = () => {
    const card = chosenModel();
    if (card !== undefined) showCard(card);
  };
  document.addEventListener('modelchange', showAgain);
  document.addEventListener('modelstates', showAgain);
  onService((stats) => {
    locked.hidden = stats !== undefined;
    if (stats === undefined) byId('locked-title', HTMLElement).textContent = refusalOfKey();
    else showChosen(stats);
  });
}

/** @param {import('./service.js').Stats} stats */
function showChosen(stats) {
  const card = chosenModel();
  if (card === undefined) show(stats);
  else showCard(card);
}

/** @param {import('./service.js').Stats} stats */
function show({ model, embedding_dim: dimensions, provider, space }) {
  const computed = provider === 'local' ? 'on this machine' : `by ${provider}`;
  showFacts({ Model: model, Dimensions: String(dimensions), Computed: computed, Space: space }, dimensions);
}

/** One of several models. @param {import('./models.js').ModelCard} card */
function showCard({ id, dimensions, max_tokens: tokens, prompts, provider, state, space }) {
  const computed = provider === 'local' ? `on this machine, ${state}` : `by ${provider}`;
  const names = Object.keys(prompts).join(', ') || 'none';
  const facts = { Model: id, Dimensions: String(dimensions), Tokens: String(tokens), Prompts: names, Computed: computed, Space: space };
  showFacts(facts, dimensions);
}

/** @param {Readonly<Record<string, string>>} facts @param {number} dimensions */
function showFacts(facts, dimensions) {
  const entries = Object.entries(facts).map(([name, value]) => make('div', {}, [make('dt', { text: name }), make('dd', { text: value })]));
  byId('facts', HTMLDListElement).replaceChildren(...entries);
  byId('dimensions', HTMLElement).textContent = `${dimensions} numbers`;
}
