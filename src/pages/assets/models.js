import { call, CallError } from './api.js';
import { byId, make } from './dom.js';
import { onService } from './service.js';

/**
 * A model of GET /v1/models.
 *
 * @typedef {object} ModelCard
 * @property {string} id
 * @property {string} root the model's own name
 * @property {string} provider
 * @property {string} state
 * @property {number} dimensions
 * @property {number} max_tokens
 * @property {Readonly<Record<string, string>>} prompts
 * @property {string} space
 */

const label = byId('model-label', HTMLLabelElement);
const select = byId('model', HTMLSelectElement);

/** The models of a service with several; empty = it has one. @type {readonly ModelCard[]} */
let models = [];

/**
 * The choice of a model, if there are several. On the document, `modelchange` announces another choice or other models, and
 * `modelstates` that the models were read again.
 */
export function wireModels() {
  select.addEventListener('change', announce);
  onService((stats) => void read(stats));
}

export function severalModels() {
  return models;
}

/** The model that was chosen; undefined = the service has one. */
export function chosenModel() {
  return models.find(({ id }) => id === select.value);
}

/** Asked only where there are several, because it counts against the limit. @param {import('./service.js').Stats | undefined} stats */
async function read(stats) {
  const areSeveral = stats !== undefined && stats.models.length > 1;
  show(areSeveral ? await listed() : []);
}

/** If the service refuses the list, for example over the limit, those that were read before; empty = the page uses the default. */
async function listed() {
  try {
    const { data } = /** @type {{ data: readonly ModelCard[] }} */ (await (await call('/v1/models')).json());
    return data.filter(({ id, root }) => id === root);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return models;
  }
}

/** @param {readonly ModelCard[]} found */
function show(found) {
  const before = select.value;
  const areSame = namesOf(found) === namesOf(models);
  models = found;
  document.dispatchEvent(new CustomEvent('modelstates'));
  if (areSame) return; // results of these models stay on the page
  label.hidden = found.length === 0;
  select.replaceChildren(...found.map(({ id }) => make('option', { value: id, text: id })));
  if (found.some(({ id }) => id === before)) select.value = before;
  announce();
}

/** Their names and spaces. @param {readonly ModelCard[]} cards */
function namesOf(cards) {
  return JSON.stringify(cards.map(({ id, space }) => [id, space]));
}

function announce() {
  document.dispatchEvent(new CustomEvent('modelchange'));
}
