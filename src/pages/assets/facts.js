import { byId, make } from './dom.js';
import { refusalOfKey } from './key.js';
import { giveKey } from './key-dialog.js';
import { onService } from './service.js';

const locked = byId('locked', HTMLDivElement);

/** Shows the served model under the headline, or that it needs a key. */
export function wireFacts() {
  byId('locked-key', HTMLButtonElement).addEventListener('click', () => void giveKey());
  onService((stats) => {
    locked.hidden = stats !== undefined;
    if (stats === undefined) byId('locked-title', HTMLElement).textContent = refusalOfKey();
    else show(stats);
  });
}

/** @param {import('./service.js').Stats} stats */
function show({ model, embedding_dim: dimensions, provider, space }) {
  const computed = provider === 'local' ? 'on this machine' : `by ${provider}`;
  const facts = { Model: model, Dimensions: String(dimensions), Computed: computed, Space: space };
  const entries = Object.entries(facts).map(([name, value]) => make('div', {}, [make('dt', { text: name }), make('dd', { text: value })]));
  byId('facts', HTMLDListElement).replaceChildren(...entries);
  byId('dimensions', HTMLElement).textContent = `${dimensions} numbers`;
}
