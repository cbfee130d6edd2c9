import { CallError } from './api.js';
import { byId, make } from './dom.js';
import { cancelJob, doneOf, isFinished, readJob, STATUS_WORDS, watchJob } from './job.js';
import { currentKey } from './key.js';
import { withKey } from './key-dialog.js';
import { saveWithKey } from './save-with-key.js';
import { recall, remember } from './tab-memory.js';

const FORMATS = [
  { format: 'ndjson', label: 'Download as JSON lines' },
  { format: 'npy', label: 'as NumPy array' },
  { format: 'parquet', label: 'as Parquet' },
  { format: 'json', label: 'as JSON' },
];

const view = byId('job', HTMLDivElement);
const bar = byId('job-bar', HTMLProgressElement);
const state = byId('job-state', HTMLSpanElement);
const figures = byId('job-figures', HTMLParagraphElement);
const downloads = byId('job-downloads', HTMLUListElement);
const cancel = byId('cancel-job', HTMLButtonElement);

/** @typedef {import('./job.js').Job} Job */

/** The names under which the tab remembers the shown job over a reload, and the files of its jobs. */
const STORED_AS = 'job';
const FILES_STORED_AS = 'job-files';

let shownId = '';
let watching = new AbortController();

/** Connects the button that cancels the shown job, and shows the job from before a reload again. */
export function wireJob() {
  cancel.addEventListener('click', () => void stop(shownId));
  void followAgain();
}

async function followAgain() {
  const { id, fileName } = /** @type {{ id?: string, fileName?: string }} */ (JSON.parse(recall(STORED_AS) ?? '{}'));
  if (id === undefined) return;
  try {
    await followJob(await readJob(id), fileName ?? id);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error.status === 404) remember(STORED_AS, undefined);
    figures.textContent = error.message;
  }
}

/** The name of the file of a job; undefined = this tab did not send it. @param {string} id */
export function fileNameOf(id) {
  return fileNames()[id];
}

function fileNames() {
  return /** @type {Readonly<Record<string, string>>} */ (JSON.parse(recall(FILES_STORED_AS) ?? '{}'));
}

/**
 * Shows a job until its end.
 *
 * @param {Job} job
 * @param {string} fileName
 */
export async function followJob(job, fileName) {
  watching.abort();
  watching = new AbortController();
  view.hidden = false;
  downloads.replaceChildren();
  shownId = job.id;
  remember(STORED_AS, JSON.stringify({ id: job.id, fileName }));
  remember(FILES_STORED_AS, JSON.stringify({ ...fileNames(), [job.id]: fileName }));
  byId('job-file', HTMLElement).textContent = fileName;
  const [startedAt, before] = [performance.now(), doneOf(job)];
  const tell = (/** @type {Job} */ latest) => {
    show(latest, (doneOf(latest) - before) / Math.max((performance.now() - startedAt) / 1000, 0.1));
    if (isFinished(latest) && latest.status !== 'failed') offer(latest, fileName);
  };
  tell(job);
  if (isFinished(job)) return;
  await watchJob(job.id, { tell, lost: (words) => (figures.textContent = words), signal: watching.signal });
}

/**
 * @param {Job} job
 * @param {number} rate texts per second
 */
function show(job, rate) {
  const { total, failed } = job.progress;
  const done = doneOf(job);
  bar.max = total;
  bar.value = done;
  if (state.dataset['status'] !== job.status) state.textContent = `${STATUS_WORDS[job.status]}. ${job.error?.message ?? ''}`; // announced once
  state.dataset['status'] = job.status;
  cancel.hidden = isFinished(job);
  const left = isFinished(job) || rate <= 0 ? '' : ` · ${Math.round(rate)} texts/s · ${duration((total - done) / rate)} left`;
  const faults = failed > 0 ? ` · ${failed.toLocaleString('en')} without a vector` : '';
  figures.textContent = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} texts${faults}${left}`;
}

/**
 * @param {Job} job
 * @param {string} fileName
 */
function offer({ id, status }, fileName) {
  const offered = FORMATS.filter(({ format }) => status === 'completed' || format !== 'npy');
  const links = offered.map(({ format, label }) => {
    const link = make('a', { href: `/jobs/${id}/results?format=${format}`, download: downloadName(fileName, format), text: label });
    link.addEventListener('click', (event) => {
      if (currentKey() === '') return; // the browser itself streams the file to the disk
      event.preventDefault();
      void save(link);
    });
    return make('li', {}, [link]);
  });
  downloads.replaceChildren(...links);
}

/**
 * The name of the file with the vectors: that of the file with the texts, with another ending.
 *
 * @param {string} fileName
 * @param {string} format
 */
function downloadName(fileName, format) {
  const stem = fileName.replace(/\.[^.]+$/, '');
  return `${stem}.${format}` === fileName ? `${stem}.vectors.${format}` : `${stem}.${format}`;
}

/** @param {HTMLAnchorElement} link */
async function save(link) {
  try {
    await saveWithKey(link.href, link.download);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    figures.textContent = error.message;
  }
}

/** @param {string} id */
async function stop(id) {
  try {
    await withKey(async () => await cancelJob(id));
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    figures.textContent = error.message;
  }
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
