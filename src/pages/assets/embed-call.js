import { call } from './api.js';

/** The most texts of one POST /embed/batch. */
export const MOST_TEXTS = 100;

/**
 * The request that the page sends for these texts, and that its code examples show.
 *
 * @param {readonly string[]} texts
 * @param {boolean} recompute
 */
export function embedRequest(texts, recompute) {
  return {
    path: texts.length === 1 ? '/embed' : '/embed/batch',
    body: texts.length === 1 ? { text: texts[0] } : { texts },
    headers: { 'content-type': 'application/json', ...(recompute && { 'cache-control': 'no-cache' }) },
  };
}

/**
 * @typedef {object} Answer
 * @property {readonly string[]} texts
 * @property {readonly (readonly number[])[]} vectors
 * @property {readonly boolean[]} truncated
 * @property {number} cachedCount
 * @property {number} tokens
 * @property {string} model
 * @property {number} milliseconds from the click to the parsed answer
 * @property {readonly { stage: string, milliseconds: number }[]} stages of the slowest text, as Server-Timing says
 */

/**
 * @typedef {{ embedding: number[], cached: boolean, truncated: boolean }} OneBody of POST /embed
 * @typedef {{ embeddings: number[][], cached_count: number, truncated: boolean[] }} ManyBody of POST /embed/batch
 */

/**
 * @param {readonly string[]} texts
 * @param {boolean} recompute
 * @returns {Promise<Answer>}
 */
export async function embed(texts, recompute) {
  const { path, body, headers } = embedRequest(texts, recompute);
  const startedAt = performance.now();
  const answer = await call(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const result = /** @type {(OneBody | ManyBody) & { model: string, tokens: number }} */ (await answer.json());
  const { model, tokens } = result;
  return {
    texts,
    model,
    tokens,
    milliseconds: performance.now() - startedAt,
    stages: stagesOf(answer.headers.get('server-timing') ?? ''),
    ...('embedding' in result
      ? { vectors: [result.embedding], truncated: [result.truncated], cachedCount: result.cached ? 1 : 0 }
      : { vectors: result.embeddings, truncated: result.truncated, cachedCount: result.cached_count }),
  };
}

/** @param {string} serverTiming */
function stagesOf(serverTiming) {
  return [...serverTiming.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, stage = '', duration]) => ({ stage, milliseconds: Number(duration) }));
}
