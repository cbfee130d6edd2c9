import { CallError, postJson } from './api.js';
import { isConfirmed } from './confirm-dialog.js';
import { byId } from './dom.js';
import { withKey } from './key-dialog.js';
import { askService } from './service.js';
import { linesOf } from './texts.js';

const area = byId('forget-area', HTMLTextAreaElement);
const answer = byId('cache-answer', HTMLParagraphElement);

/** The buttons that make the service forget vectors. */
export function wireForget() {
  byId('forget-texts', HTMLButtonElement).addEventListener('click', () => void forgetTexts());
  byId('forget-all', HTMLButtonElement).addEventListener('click', () => void forgetAll());
}

async function forgetTexts() {
  const texts = linesOf(area.value);
  if (texts.length === 0) {
    answer.textContent = 'Write the texts to forget, one a line.';
    area.focus();
    return;
  }
  const count = texts.length === 1 ? 'this text' : `these ${texts.length} texts`;
  await forget({ texts }, { title: `Forget the vectors of ${count}?`, action: 'Forget them' });
}

async function forgetAll() {
  await forget({ all: true }, { title: 'Forget every stored vector?', action: 'Forget everything' });
}

/**
 * @param {{ texts: readonly string[] } | { all: true }} what
 * @param {{ title: string, action: string }} question
 */
async function forget(what, question) {
  answer.textContent = '';
  if (!(await isConfirmed({ ...question, detail: 'You lose only time: they are computed again at the next request.' }))) return;
  try {
    const reply = await withKey(async () => await postJson('/cache/invalidate', what));
    const { removed } = /** @type {{ removed: number }} */ (await reply.json());
    answer.textContent = `Forgot ${removed.toLocaleString('en')} ${removed === 1 ? 'vector' : 'vectors'}.`;
    void askService();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    answer.textContent = error.message;
  }
}
