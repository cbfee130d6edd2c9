import { createHash } from 'node:crypto';
import { ServiceProcess } from '../../bench/service-process.js';

/** The model that clients ask for by default. */
const aliases = 'text-embedding-ada-002,text-embedding-3-small';
/** Further settings for the tests of OpenAI's Python client. */
const forOwnTests = { MODEL_ALIASES: `${aliases},gpt-6-astra`, ALLOWED_DIMENSIONS: '1', MAX_TEXT_LENGTH: '10000' };
const small = { EMBEDDING_WORKERS: '1', MODEL_ALIASES: aliases };
export const apiKey = 'the-key-of-the-clients-matrix';

/**
 * The service three times: as it is, with a limit that is used up already, and with keys.
 */
export async function startServices() {
  const open = await ServiceProcess.start(forOwnTests);
  const limited = await ServiceProcess.start({ ...small, RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_WINDOW: '86400' });
  const keyed = await ServiceProcess.start({ ...small, API_KEYS: `matrix:${createHash('sha256').update(apiKey).digest('hex')}` });
  await embedBatch(limited.url, ['the one call that is allowed']);
  return { open, limited, keyed, stop: () => Promise.all([open, limited, keyed].map((service) => service.stop())) };
}

/**
 * @param {string} url
 * @param {readonly string[]} texts At most 100.
 * @returns {Promise<readonly (readonly number[])[]>}
 */
export async function embedBatch(url, texts) {
  const answer = await fetch(`${url}/embed/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ texts }),
  });
  if (!answer.ok) throw new Error(`/embed/batch answered ${answer.status}: ${await answer.text()}`);
  return /** @type {{ embeddings: number[][] }} */ (await answer.json()).embeddings;
}
