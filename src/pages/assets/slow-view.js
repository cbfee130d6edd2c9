import { call, CallError } from './api.js';
import { byId, make } from './dom.js';
import { onService } from './service.js';

/**
 * @typedef {object} SlowRequest
 * @property {string} at
 * @property {string} request_id
 * @property {string} route
 * @property {number} status
 * @property {number} ms
 * @property {'hit' | 'partial' | 'miss'} [cache]
 * @property {number} [texts]
 * @property {Readonly<Record<string, number>>} [stages]
 */

const STAGES = ['queue', 'tokenize', 'inference', 'cache', 'serialize'];
const CACHED = { hit: 'all', partial: 'some', miss: 'none' };

/** Lists the slowest requests of the last hour, for admins. */
export function wireSlowRequests() {
  onService((stats) => {
    if (stats?.keys !== undefined) void show();
  });
}

/** Keeps the older list if the service refuses this one, for example over the limit: it is asked again with the next stats. */
async function show() {
  try {
    const answer = await call('/stats/slow-requests');
    const { requests } = /** @type {{ requests: readonly SlowRequest[] }} */ (await answer.json());
    byId('slow-rows', HTMLTableSectionElement).replaceChildren(...requests.map(rowOf));
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
  }
}

/** @param {SlowRequest} request */
function rowOf({ at, request_id: id, route, status, ms, cache, texts, stages }) {
  const time = new Date(at).toLocaleTimeString();
  const facts = [inMs(ms), String(status), texts?.toLocaleString('en') ?? '–', cache === undefined ? '–' : CACHED[cache]];
  const times = STAGES.map((stage) => inMs(stages?.[stage]));
  return make('tr', {}, [
    make('th', { scope: 'row', text: route }),
    make('td', { title: at, text: time }),
    ...[...facts, ...times].map((text) => make('td', { text })),
    make('td', { class: 'word', text: id }),
  ]);
}

/** @param {number | undefined} ms */
function inMs(ms) {
  if (ms === undefined) return '–';
  return ms >= 100 ? Math.round(ms).toLocaleString('en') : ms.toFixed(1);
}
