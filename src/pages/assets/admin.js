import { call, CallError } from './api.js';
import { byId, make } from './dom.js';
import { wireForget } from './forget.js';
import { keyDaysCard, showKeyDays } from './key-days.js';
import { giveKey } from './key-dialog.js';
import { managedKeysCard, showManagedKeys } from './keys-admin.js';
import { showKeys } from './keys-view.js';
import { askService, onService } from './service.js';

const EVERY_MS = 10_000;

const section = byId('admin', HTMLElement);
const board = byId('board', HTMLParagraphElement);

/** The part of the page for admins. It stays hidden for others, because the service refuses them its data. */
export function wireAdmin() {
  byId('admin-open', HTMLButtonElement).addEventListener('click', () => void open());
  wireForget();
  const cards = [managedKeysCard(), keyDaysCard()].map((card) => make('div', { class: 'admin-row' }, [card]));
  section.querySelector('.admin-row')?.before(...cards);
  onService((stats) => {
    const isAdmin = stats?.keys !== undefined;
    if (isAdmin && section.hidden) void Promise.all([showBoard(), showManagedKeys(), showKeyDays()]);
    section.hidden = !isAdmin;
    byId('admin-link', HTMLAnchorElement).hidden = !isAdmin;
    byId('admin-tile', HTMLLIElement).hidden = isAdmin;
    if (stats?.keys !== undefined) show(stats, stats.keys);
  });
  setInterval(() => {
    if (!section.hidden && !document.hidden) void askService();
  }, EVERY_MS);
}

async function open() {
  if (await giveKey({ role: 'admin' })) section.scrollIntoView();
}

/**
 * @param {import('./service.js').Stats} stats
 * @param {readonly import('./service.js').KeyUsage[]} keys
 */
function show({ cache, queue }, keys) {
  showKeys(keys);
  const lookups = cache.hits + cache.misses;
  fill('cache-facts', {
    'Vectors stored': count(cache.entries),
    'In memory': inBytes(cache.memory_bytes),
    'Hit rate': lookups === 0 ? '–' : `${(100 * cache.hit_rate).toFixed(1)} % of ${count(lookups)} texts`,
  });
  fill('queue-facts', {
    Waiting: count(queue.waiting),
    'Being computed': count(queue.active),
    Computed: count(queue.completed),
    Failed: count(queue.failed),
  });
}

/** The board exists only if jobs are in a Redis. */
async function showBoard() {
  const link = make('a', { href: '/queues', target: '_blank', rel: 'noopener', text: 'Open the queue board' });
  try {
    await call('/queues/api/queues', { credentials: 'omit' });
    board.replaceChildren(link, '. Your browser asks for a password there: the admin key, with any user name.');
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    board.textContent =
      error.status === 404
        ? 'No queue board: without a Redis this process keeps and does the jobs itself.'
        : `The queue board does not answer: ${error.message}`;
  }
}

/**
 * @param {string} id
 * @param {Readonly<Record<string, string>>} facts
 */
function fill(id, facts) {
  const entries = Object.entries(facts).map(([name, value]) => make('div', {}, [make('dt', { text: name }), make('dd', { text: value })]));
  byId(id, HTMLDListElement).replaceChildren(...entries);
}

/** @param {number} bytes */
function inBytes(bytes) {
  return bytes < 2 ** 20 ? `${Math.round(bytes / 2 ** 10)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** @param {number} value */
function count(value) {
  return value.toLocaleString('en');
}
