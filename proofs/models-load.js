import { setTimeout as delay } from 'node:timers/promises';

const MOST_TEXTS = 8;
const LOOK_EVERY_MS = 200;
const LONGEST_JOB_MS = 180_000;
/** The share of requests that compute again what is cached. */
const REFRESHED = 0.3;

/**
 * @typedef {object} LoadOptions
 * @property {string} url
 * @property {string} key
 * @property {ReadonlyMap<string, ReadonlyMap<string, Float32Array>>} expected the vector of each text by model
 * @property {readonly string[]} texts
 */

/** Asks for random texts of random models, and compares each vector with the expected one. */
export class ModelsLoad {
  /** @type {string[]} */
  faults = [];
  /** @type {Map<string, { answers: number, vectors: number }>} */
  seen = new Map();
  /** @type {Map<string, { hits: number, misses: number }>} */
  counted = new Map();

  /** @param {LoadOptions} options */
  constructor(options) {
    this.options = options;
    for (const name of options.expected.keys()) this.seen.set(name, { answers: 0, vectors: 0 });
  }

  /** Sends one request after the other. @param {number} until */
  async run(until) {
    while (Date.now() < until) {
      const model = pick([...this.options.expected.keys()]);
      const texts = Array.from({ length: 1 + Math.floor(Math.random() * MOST_TEXTS) }, () => pick(this.options.texts));
      await this.ask(model, texts, Math.random() < REFRESHED ? { 'cache-control': 'no-cache' } : {});
    }
  }

  /** Sends one job of all texts after the other. @param {string} model @param {number} until */
  async runJobs(model, until) {
    const { url, key, texts } = this.options;
    const headers = { 'x-api-key': key };
    while (Date.now() < until) {
      const body = JSON.stringify({ model, texts });
      const submitted = await fetch(`${url}/jobs`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body });
      const { id } = /** @type {{ id: string }} */ (await submitted.json());
      const status = await this.endOf(`${url}/jobs/${id}`, headers);
      if (status !== 'completed') this.faults.push(`a job of ${model} is ${status}`);
      const results = (await (await fetch(`${url}/jobs/${id}/results`, { headers })).text()).trim().split('\n');
      for (const [index, line] of results.entries()) {
        const { embedding, error } = /** @type {{ embedding?: number[], error?: unknown }} */ (JSON.parse(line));
        this.compare(model, texts[index] ?? '', embedding, error);
      }
    }
  }

  /** The last status of a job, or the one that it has after the longest wait. @param {string} job @param {Record<string, string>} headers */
  async endOf(job, headers) {
    const until = Date.now() + LONGEST_JOB_MS;
    for (;;) {
      const { status } = /** @type {{ status: string }} */ (await (await fetch(job, { headers })).json());
      if ((status !== 'queued' && status !== 'active') || Date.now() > until) return status;
      await delay(LOOK_EVERY_MS);
    }
  }

  /** Texts of a model that were answered. @param {string} model @param {number} cached @param {number} texts */
  count(model, cached, texts) {
    const { hits, misses } = this.countsOf(model);
    this.counted.set(model, { hits: hits + cached, misses: misses + texts - cached });
  }

  /** @param {string} model */
  countsOf(model) {
    return this.counted.get(model) ?? { hits: 0, misses: 0 };
  }

  /** @param {string} model @param {readonly string[]} texts @param {Record<string, string>} headers */
  async ask(model, texts, headers) {
    const { url, key } = this.options;
    try {
      const { embeddings, cached_count: cached } = await embed(url, { texts, model }, { 'x-api-key': key, ...headers });
      this.count(model, cached, texts.length);
      const seen = this.seen.get(model);
      if (seen !== undefined) seen.answers++;
      texts.forEach((text, index) => this.compare(model, text, embeddings[index]));
    } catch (error) {
      this.faults.push(`${model}: ${String(error)}`);
    }
  }

  /** @param {string} model @param {string} text @param {readonly number[] | undefined} numbers @param {unknown} [error] */
  compare(model, text, numbers, error) {
    const seen = this.seen.get(model);
    const wanted = this.options.expected.get(model)?.get(text);
    if (numbers === undefined || seen === undefined || wanted === undefined) {
      this.faults.push(`${model}: no vector for ${text.slice(0, 40)}: ${JSON.stringify(error)}`);
      return;
    }
    const vector = Float32Array.from(numbers);
    seen.vectors++;
    const isEqual = vector.length === wanted.length && vector.every((value, index) => value === wanted[index]);
    if (!isEqual) this.faults.push(`${model}: another vector than the model alone gives for ${text.slice(0, 40)}`);
  }
}

/**
 * POST /embed/batch. Rejects unless it is answered with 200.
 *
 * @param {string} url
 * @param {{ texts: readonly string[], model: string }} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{ embeddings: readonly (readonly number[])[], cached_count: number }>}
 */
export async function embed(url, body, headers = {}) {
  const answer = await fetch(`${url}/embed/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (answer.status !== 200) throw new Error(`answered with ${answer.status}: ${await answer.text()}`);
  return /** @type {{ embeddings: number[][], cached_count: number }} */ (await answer.json());
}

/** @template T @param {readonly T[]} items @returns {T} */
function pick(items) {
  return /** @type {T} */ (items[Math.floor(Math.random() * items.length)]);
}
