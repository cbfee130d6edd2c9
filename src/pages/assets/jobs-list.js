import { CallError } from './api.js';
import { byId, make } from './dom.js';
import { doneOf, listJobs, STATUS_WORDS } from './job.js';
import { fileNameOf, followJob } from './job-view.js';
import { currentKey } from './key.js';
import { withKey } from './key-dialog.js';

const SHOWN = 20;

const section = byId('jobs', HTMLDetailsElement);
const note = byId('jobs-note', HTMLParagraphElement);
const list = byId('jobs-list', HTMLUListElement);

/** The list of the caller's jobs. It is read when it is opened, because each reading counts against the limit. */
export function wireJobsList() {
  section.addEventListener('toggle', () => {
    if (section.open) void refresh();
  });
  document.addEventListener('jobsent', () => {
    if (section.open) void refresh();
  });
  document.addEventListener('keychange', () => (section.open = false));
}

async function refresh() {
  note.textContent = 'Reading …';
  list.replaceChildren();
  try {
    const { data, has_more: hasMore } = await withKey(async () => await listJobs(SHOWN));
    list.replaceChildren(...data.map(jobItem));
    const owner = currentKey() === '' ? 'Jobs of all callers without a key' : 'Jobs of your key';
    if (data.length === 0) note.textContent = `${owner}: there are none.`;
    else note.textContent = hasMore ? `${owner}: the newest ${SHOWN}. GET /jobs has the others.` : `${owner}, the newest first.`;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    note.textContent = error.message;
  }
}

/** @param {import('./job.js').Job} job */
function jobItem(job) {
  const name = fileNameOf(job.id) ?? job.id;
  const { total } = job.progress;
  const facts = [
    STATUS_WORDS[job.status],
    `${doneOf(job).toLocaleString('en')} of ${total.toLocaleString('en')} texts`,
    when(job.created_at),
  ];
  const button = make('button', { type: 'button', class: 'small', 'aria-label': `Show the job ${name}`, text: 'Show' });
  button.addEventListener('click', () => void show(job, name));
  return make('li', {}, [make('span', {}, [make('b', { text: name }), make('span', { class: 'note', text: facts.join(' · ') })]), button]);
}

/**
 * @param {import('./job.js').Job} job
 * @param {string} name
 */
async function show(job, name) {
  try {
    await followJob(job, name);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    note.textContent = error.message;
  }
}

/** @param {string} time */
function when(time) {
  return new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}
