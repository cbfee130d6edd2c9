import { CallError, postJson } from './api.js';
import { byId } from './dom.js';
import { currentTexts } from './try-it.js';

const answer = byId('cache-answer', HTMLParagraphElement);

/** The buttons that make the service forget; it lets only the admin key do so. */
export function wireCache() {
  byId('forget-texts', HTMLButtonElement).addEventListener('click', () => void forget({ texts: currentTexts() }));
  byId('forget-all', HTMLButtonElement).addEventListener('click', () => void forget({ all: true }));
}

/** @param {{ texts: readonly string[] } | { all: true }} what */
async function forget(what) {
  answer.textContent = '';
  try {
    const reply = await postJson('/cache/invalidate', what);
    const { removed } = /** @type {{ removed: number }} */ (await reply.json());
    answer.textContent = `Forgot ${removed} ${removed === 1 ? 'vector' : 'vectors'}.`;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    answer.textContent = error.message;
  }
}
