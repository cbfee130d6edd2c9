import { make } from './dom.js';
import { readUsage } from './keys-service.js';
import { orSay } from './or-say.js';
import { saveWithKey } from './save-with-key.js';

const SHOWN_DAYS = 14;
const KEPT_DAYS = 100;
const COLUMNS = ['Day', 'Key', 'Requests', 'Refused', 'Texts', 'Tokens', 'Texts of jobs'];

const rows = make('tbody', { id: 'usage-rows' });
const answer = make('p', { id: 'usage-answer', class: 'answer', role: 'status' });

/** The card with the use of keys by day. */
export function keyDaysCard() {
  const head = make(
    'tr',
    {},
    COLUMNS.map((text) => make('th', { scope: 'col', class: text === 'Key' ? 'word' : '', text })),
  );
  const table = make('table', { class: 'figures' }, [make('thead', {}, [head]), rows]);
  const csv = make('button', { id: 'usage-csv', type: 'button', text: `All ${KEPT_DAYS} days as CSV` });
  csv.addEventListener('click', () => {
    void orSay(answer, async () => await saveWithKey(`/keys/usage?format=csv&days=${KEPT_DAYS}`, 'key-usage.csv'));
  });
  return make('div', { class: 'card admin-card' }, [
    make('h3', { text: 'Usage by day' }),
    make('div', { class: 'table-frame day-frame', tabindex: '0', role: 'region', 'aria-label': 'Usage of each key by day' }, [table]),
    answer,
    make('div', { class: 'actions' }, [csv]),
    make('p', { class: 'note', text: `The last ${SHOWN_DAYS} days in UTC, over restarts and all instances.` }),
  ]);
}

/** Reads the usage again. */
export async function showKeyDays() {
  await orSay(answer, async () => {
    const usage = await readUsage(SHOWN_DAYS);
    rows.replaceChildren(...usage.toReversed().map(rowOf));
    answer.textContent = usage.length === 0 ? 'No key was used on these days.' : '';
  });
}

/** @param {import('./keys-service.js').DayUse} use */
function rowOf({ day, name, requests, refused, texts, tokens, job_texts: jobTexts }) {
  const figures = [requests, refused, texts, tokens, jobTexts].map((figure) => make('td', { text: figure.toLocaleString('en') }));
  return make('tr', {}, [make('th', { scope: 'row', text: day }), make('td', { class: 'word', text: name }), ...figures]);
}
