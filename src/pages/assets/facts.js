import { call, CallError } from './api.js';
import { byId, make } from './dom.js';

/** What is served; asked once for each process of the service, since it is rate-limited. */
export async function showFacts() {
  try {
    const answer = await call('/stats');
    show(/** @type {Stats} */ (await answer.json()));
  } catch (error) {
    // The connection's pill says that the server is gone, and this is asked again when it is back.
    if (!(error instanceof CallError)) throw error;
  }
}

/** @typedef {{ model: string, embedding_dim: number, provider: string, space: string }} Stats */

/** @param {Stats} stats */
function show({ model, embedding_dim: dimensions, provider, space }) {
  const computed = provider === 'local' ? 'on this machine' : `by ${provider}`;
  const facts = { Model: model, Dimensions: String(dimensions), Computed: computed, Space: space };
  const entries = Object.entries(facts).map(([name, value]) => make('div', {}, [make('dt', { text: name }), make('dd', { text: value })]));
  byId('facts', HTMLDListElement).replaceChildren(...entries);
  byId('dimensions', HTMLElement).textContent = `a list of ${dimensions}`;
}
