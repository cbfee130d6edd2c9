import { call, CallError, currentKey } from './api.js';
import { byId, make } from './dom.js';
import { cancelJob, isFinished, watchJob } from './job.js';

const FORMATS = [
  { format: 'ndjson', label: 'Download as JSON lines' },
  { format: 'npy', label: 'as NumPy array' },
  { format: 'json', label: 'as JSON' },
];
const WORDS = { queued: 'Waits in the queue', active: 'Being computed', completed: 'Done', failed: 'Failed', cancelled: 'Cancelled' };

const view = byId('job', HTMLDivElement);
const bar = byId('job-bar', HTMLProgressElement);
const state = byId('job-state', HTMLParagraphElement);
const figures = byId('job-figures', HTMLParagraphElement);
const downloads = byId('job-downloads', HTMLUListElement);
const cancel = byId('cancel-job', HTMLButtonElement);

/** @typedef {import('./job.js').Job} Job */

let shownId = '';

/** The button that cancels the job shown. */
export function wireJob() {
  cancel.addEventListener('click', () => void stop(shownId));
}

/**
 * Shows a job until its end.
 *
 * @param {Job} job
 * @param {string} fileName
 */
export async function followJob(job, fileName) {
  const startedAt = performance.now();
  view.hidden = false;
  downloads.replaceChildren();
  shownId = job.id;
  const tell = (/** @type {Job} */ latest) => show(latest, (performance.now() - startedAt) / 1000);
  tell(job);
  await watchJob(
    job.id,
    (latest) => {
      tell(latest);
      if (isFinished(latest) && latest.status !== 'failed') offer(latest, fileName);
    },
    (words) => (figures.textContent = words),
  );
}

/**
 * @param {Job} job
 * @param {number} seconds since it was handed over
 */
function show(job, seconds) {
  const { total, completed, failed } = job.progress;
  const done = completed + failed;
  const rate = done / Math.max(seconds, 0.1);
  bar.max = total;
  bar.value = done;
  if (state.dataset['status'] !== job.status) state.textContent = `${WORDS[job.status]}. ${job.error?.message ?? ''}`; // said once
  state.dataset['status'] = job.status;
  cancel.hidden = isFinished(job);
  const left = isFinished(job) || done === 0 ? '' : ` · ${Math.round(rate)} texts/s · ${duration((total - done) / rate)} left`;
  const faults = failed > 0 ? ` · ${failed.toLocaleString('en')} with an error instead of a vector` : '';
  figures.textContent = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} texts${faults}${left}`;
}

/**
 * @param {Job} job
 * @param {string} fileName
 */
function offer({ id, status }, fileName) {
  const offered = FORMATS.filter(({ format }) => status === 'completed' || format !== 'npy');
  const links = offered.map(({ format, label }) => {
    const link = make('a', { href: `/jobs/${id}/results?format=${format}`, download: `${fileName}.vectors.${format}`, text: label });
    link.addEventListener('click', (event) => {
      if (currentKey() === '') return; // the browser streams it to the disk by itself
      event.preventDefault();
      void saveWithKey(link);
    });
    return make('li', {}, [link]);
  });
  downloads.replaceChildren(...links);
}

/** A link cannot carry a key. @param {HTMLAnchorElement} link */
async function saveWithKey(link) {
  try {
    const answer = await call(link.href);
    const address = URL.createObjectURL(await answer.blob());
    make('a', { href: address, download: link.download }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    figures.textContent = error.message;
  }
}

/** @param {string} id */
async function stop(id) {
  try {
    await cancelJob(id);
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
