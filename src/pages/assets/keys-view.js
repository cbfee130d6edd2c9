import { byId, make } from './dom.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @typedef {import('./service.js').KeyUsage} KeyUsage */

/** The use of each key since the start. @param {readonly KeyUsage[]} keys */
export function showKeys(keys) {
  byId('keys-rows', HTMLTableSectionElement).replaceChildren(...keys.map(rowOf));
}

/** @param {KeyUsage} key */
function rowOf({ name, role, requests, texts, tokens, job_texts: jobTexts, refused, last_used_at: lastUsedAt }) {
  const figures = [requests, refused, texts, tokens, jobTexts].map((figure) => make('td', { text: figure.toLocaleString('en') }));
  const used = lastUsedAt === null ? make('td', { text: 'not yet' }) : make('td', { title: lastUsedAt, text: ago(lastUsedAt) });
  return make('tr', {}, [make('th', { scope: 'row', text: name }), make('td', { class: 'word', text: role }), ...figures, used]);
}

/** @param {string} time */
function ago(time) {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  if (seconds < MINUTE) return 'just now';
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  return seconds < DAY ? `${Math.floor(seconds / HOUR)} h ago` : `${Math.floor(seconds / DAY)} d ago`;
}
