import { call } from './api.js';

/** The stages in the order in which a text goes through them. */
const PATH = ['cache', 'tokenize', 'queue', 'inference', 'serialize'];

/** The most texts of one POST /embed/batch. */
export const MOST_TEXTS = 100;

/**
 * @typedef {object} EmbedOptions
 * @property {'query' | 'document'} [inputType] what the texts are for
 * @property {string | undefined} [model] undefined = the default
 */

/**
 * The request that the page sends for these texts, and that its code examples show.
 *
 * @param {readonly string[]} texts
 * @param {boolean} recompute
 * @param {EmbedOptions} [options]
 */
export function embedRequest(texts, recompute, { inputType, model } = {}) {
  const options = { ...(model !== undefined && { model }), ...(inputType !== undefined && { input_type: inputType }) };
  return {
    path: texts.length === 1 ? '/embed' : '/embed/batch',
    body: texts.length === 1 ? { text: texts[0], ...options } : { texts, ...options },
    headers: { 'content-type': 'application/json', ...(recompute && { 'cache-control': 'no-cache' }) },
  };
}

/**
 * @typedef {object} Answer
 * @property {readonly string[]} texts
 * @property {readonly (readonly number[])[]} vectors
 * @property {readonly boolean[]} truncated
 * @property {readonly boolean[]} cached which of them were stored before
 * @property {number} tokens
 * @property {string} model
 * @property {string} space fingerprint of what decides the vectors; those of two spaces cannot be compared
 * @property {number} milliseconds from the click to the parsed answer
 * @property {readonly { stage: string, milliseconds: number }[]} stages of the slowest text, as Server-Timing says
 */

/**
 * @typedef {{ embedding: number[], cached: boolean, truncated: boolean }} OneBody of POST /embed
 * @typedef {{ embeddings: number[][], truncated: boolean[] }} ManyBody of POST /embed/batch
 */

/**
 * @param {readonly string[]} texts
 * @param {boolean} recompute
 * @param {EmbedOptions} [options]
 * @returns {Promise<Answer>}
 */
export async function embed(texts, recompute, options) {
  const { path, body, headers } = embedRequest(texts, recompute, options);
  const startedAt = performance.now();
  const answer = await call(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const result = /** @type {(OneBody | ManyBody) & { model: string, tokens: number }} */ (await answer.json());
  const { model, tokens } = result;
  return {
    texts,
    model,
    tokens,
    space: answer.headers.get('x-embedding-space') ?? '',
    milliseconds: performance.now() - startedAt,
    stages: stagesOf(answer.headers.get('server-timing') ?? ''),
    ...('embedding' in result
      ? { vectors: [result.embedding], truncated: [result.truncated], cached: [result.cached] }
      : { vectors: result.embeddings, truncated: result.truncated, cached: cachedOf(answer.headers, texts.length) }),
  };
}

/**
 * @param {Headers} headers
 * @param {number} count
 */
function cachedOf(headers, count) {
  const some = new Set(headers.get('x-cached-texts')?.split(',').map(Number));
  const all = headers.get('x-cache') === 'hit';
  return Array.from({ length: count }, (_, index) => all || some.has(index));
}

/** @param {string} serverTiming */
function stagesOf(serverTiming) {
  const stages = [...serverTiming.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, stage = '', duration]) => ({
    stage,
    milliseconds: Number(duration),
  }));
  const entered = stages.filter(({ stage }) => PATH.includes(stage)); // not the total
  return entered.toSorted((left, right) => PATH.indexOf(left.stage) - PATH.indexOf(right.stage));
}
