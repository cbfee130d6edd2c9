import { CallError } from './api.js';
import { byId, make, shorten } from './dom.js';
import { FaultBox } from './fault-box.js';
import { readFileTexts } from './file-texts.js';
import { submitJob } from './job.js';
import { followJob } from './job-view.js';
import { withKey } from './key-dialog.js';
import { parquetLibrary } from './parquet-library.js';
import { isParquet, readParquetTexts } from './parquet-texts.js';

const PREVIEWED = 3;
const MOST_BYTES = 200 * 2 ** 20;

const input = byId('file', HTMLInputElement);
const zone = byId('drop-zone', HTMLLabelElement);
const choice = byId('file-choice', HTMLDivElement);
const picker = byId('column', HTMLSelectElement);
const preview = byId('file-preview', HTMLOListElement);
const start = byId('start-job', HTMLButtonElement);
const fault = new FaultBox('file-fault', () => void handOver());

/** @type {import('./file-texts.js').FileTexts | undefined} */
let texts;
let fileName = '';

/** Takes a file of texts, chosen or dropped, shows its content, and sends it as a job. */
export function wireUpload() {
  input.addEventListener('change', () => {
    void take(input.files?.[0]);
    input.value = ''; // so that the same file can be chosen again, after a change
  });
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    void take(event.dataTransfer?.files[0]);
  });
  picker.addEventListener('change', showChoice);
  start.addEventListener('click', () => void handOver());
}

/** Takes these texts, one a line, as if they were in a file. @param {readonly string[]} lines */
export async function takeLines(lines) {
  await take(new File([lines.join('\n')], 'texts.txt'));
  zone.scrollIntoView({ block: 'center' });
}

/** @param {File | undefined} file */
async function take(file) {
  if (file === undefined) return;
  fault.hide();
  choice.hidden = true;
  try {
    if (file.size > MOST_BYTES) throw new Error('More than 200 MB: send it with curl, as POST /jobs says in the API documentation.');
    texts = isParquet(file) ? await readParquetTexts(file, await parquetLibrary()) : readFileTexts(file.name, await file.text());
  } catch (error) {
    fault.say(`${file.name}: ${error instanceof Error ? error.message : 'cannot be read.'}`);
    return;
  }
  fileName = file.name;
  picker.replaceChildren(...texts.columns.map((name) => make('option', { value: name, text: name })));
  picker.value = texts.likely;
  byId('column-label', HTMLLabelElement).hidden = texts.columns.length === 0;
  showChoice();
}

function showChoice() {
  const items = texts?.items(picker.value) ?? [];
  const present = items.flatMap(({ text }) => text ?? []);
  const missing = items.length - present.length;
  const without = missing === 0 ? '' : `, ${missing.toLocaleString('en')} ${missing === 1 ? 'row' : 'rows'} without a text`;
  byId('file-count', HTMLParagraphElement).textContent = `${fileName}: ${present.length.toLocaleString('en')} texts${without}`;
  byId('file-empty', HTMLParagraphElement).hidden = missing === 0;
  preview.replaceChildren(...present.slice(0, PREVIEWED).map((text) => make('li', { text: shorten(text, 120) })));
  start.disabled = present.length === 0;
  choice.hidden = false;
}

async function handOver() {
  if (fault.waiting) {
    fault.reveal();
    return;
  }
  const items = texts?.items(picker.value) ?? [];
  fault.hide();
  start.disabled = true;
  try {
    const job = await withKey(async () => await submitJob(items));
    document.dispatchEvent(new Event('jobsent'));
    await followJob(job, fileName);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    fault.show(error);
  } finally {
    start.disabled = false;
  }
}
