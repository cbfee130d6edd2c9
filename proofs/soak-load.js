import { setTimeout as delay } from 'node:timers/promises';
import { TextSource } from '../bench/text-source.js';
import { ConnectionAges } from './connection-ages.js';
import { MachinePauses } from './machine-pauses.js';

/** The share of texts that were sent before. */
const knownShare = 0.5;
const knownTexts = 200;
const jobTexts = 60;
const jobPollMs = 500;
/** Many times what a job takes beside all faults: one that takes longer is lost. */
const mostJobMs = 600_000;
/** @type {import('../bench/text-source.js').TokenRange} */
const anyLength = [3, 300];

/** @typedef {{ embedding?: readonly number[], embeddings?: readonly (readonly number[])[], data?: readonly { embedding: readonly number[] }[], id?: string }} Answer */

/**
 * Runs callers of every kind, each in a loop: single texts and batches of mixed lengths, half of them known, OpenAI's route,
 * callers that leave early, callers that send invalid requests, and jobs. It keeps the faults of answers, and retries only if
 * the service asks for it.
 */
export class Load {
  /** @type {Map<string, number>} */
  counts = new Map();
  /** @type {string[]} */
  faults = [];
  /** @readonly */
  #source = new TextSource(anyLength, 7);
  /** @readonly */
  #known = new TextSource(anyLength, 11).take(knownTexts);
  /** The first vector of each known text: a later one must be the same, whatever happened between. @readonly @type {Map<string, string>} */
  #vectors = new Map();
  /** @readonly */
  #stopping = new AbortController();
  /** @type {Promise<void>[]} */
  #loops = [];

  /** @readonly */
  #connections = new ConnectionAges();
  /** @readonly */
  pauses = new MachinePauses();

  /** @param {string} url @param {{ pauseMs: number, activeFault: () => string }} options pauseMs: the time between two requests of one caller. */
  constructor(url, { pauseMs, activeFault }) {
    this.url = url;
    this.pauseMs = pauseMs;
    this.activeFault = activeFault;
  }

  start() {
    const callers = {
      single: () => this.#single(),
      'second single': () => this.#single(),
      many: () => this.#many(),
      openai: () => this.#openai(),
      leaving: () => this.#leaving(),
      nonsense: () => this.#nonsense(),
      job: () => this.#job(),
    };
    this.#loops = Object.entries(callers).map(async ([name, ask]) => {
      while (!this.#stopping.signal.aborted) {
        await ask().catch((/** @type {unknown} */ error) => this.#fault(`${name}: ${withCause(error)}`));
        await delay(this.pauseMs);
      }
    });
  }

  /** Resolves when every request and job has its answer. */
  async stop() {
    this.#stopping.abort();
    await Promise.all(this.#loops);
  }

  #text() {
    const isKnown = this.#source.below(1000) < knownShare * 1000;
    return isKnown ? (this.#known[this.#source.below(knownTexts)] ?? '') : this.#source.next();
  }

  async #single() {
    const text = this.#text();
    const { body } = await this.#post('/embed', { text }, [200]);
    this.#check(text, body.embedding);
  }

  async #many() {
    const texts = Array.from({ length: 1 + this.#source.below(20) }, () => this.#text());
    const { body } = await this.#post('/embed/batch', { texts }, [200]);
    texts.forEach((text, index) => this.#check(text, body.embeddings?.[index]));
  }

  async #openai() {
    const input = [this.#text(), this.#text()];
    const { body } = await this.#post('/v1/embeddings', { input, model: 'all-MiniLM-L6-v2', encoding_format: 'float' }, [200]);
    input.forEach((text, index) => this.#check(text, body.data?.[index]?.embedding));
  }

  async #leaving() {
    const signal = AbortSignal.timeout(1 + this.#source.below(40));
    const texts = this.#source.take(10);
    await this.#post('/embed/batch', { texts }, [200], signal).catch((/** @type {unknown} */ error) => {
      if (!signal.aborted) throw error;
      this.#count('left');
    });
  }

  async #nonsense() {
    const bodies = ['{"text":', '{"text":""}', '[]', '{"texts":[]}', '{"text":7}', 'null'];
    await this.#post('/embed', bodies[this.#source.below(bodies.length)] ?? '', [400]);
  }

  /** An accepted job must end with the vector of each text, in order, in spite of all faults. */
  async #job() {
    const texts = Array.from({ length: jobTexts }, () => this.#text());
    const { status, body } = await this.#post('/jobs', { texts }, [202, 503]);
    if (status === 503) return;
    const { id = '' } = body;
    await this.#untilCompleted(id);
    const answer = await this.#again(`/jobs/${id}/results?format=ndjson`);
    const results = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => /** @type {Answer} */ (JSON.parse(line)));
    if (results.length !== texts.length) this.#fault(`job ${id} has ${results.length} results for ${texts.length} texts`);
    texts.forEach((text, index) => this.#check(text, results[index]?.embedding));
    this.#count('jobs completed');
  }

  /** @param {string} id */
  async #untilCompleted(id) {
    const until = performance.now() + mostJobMs;
    for (;;) {
      const answer = await this.#again(`/jobs/${id}`);
      const { status, error } = /** @type {{ status: string, error: unknown }} */ (await answer.json());
      if (status === 'completed') return;
      if (status !== 'queued' && status !== 'active') throw new Error(`job ${id} is ${status}: ${JSON.stringify(error)}`);
      if (performance.now() > until) throw new Error(`job ${id} is still ${status}`);
      await delay(jobPollMs);
    }
  }

  /** While Redis is away, a job cannot be read: the answer is a 503, but only for a limited time. @param {string} path */
  async #again(path) {
    const until = performance.now() + mostJobMs;
    for (;;) {
      const answer = await this.#fetch(path, {});
      this.#count(`GET ${path.split('/')[1]} ${answer.status}`);
      if (answer.status === 200) return answer;
      if (answer.status !== 503 || performance.now() > until)
        throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
      await answer.body?.cancel();
      await delay(jobPollMs);
    }
  }

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {readonly number[]} expected
   * @param {AbortSignal} [signal]
   * @returns {Promise<{ status: number, body: Answer }>}
   */
  async #post(path, body, expected, signal) {
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await this.#fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: sent,
      signal: signal ?? null,
    });
    const text = await answer.text();
    this.#count(`POST ${path} ${answer.status}`);
    if (answer.status === 408) throw new Error(`${path} was answered with 408; ${this.#connections.lastOf408}`);
    if (!expected.includes(answer.status)) throw new Error(`${path} was answered with ${answer.status}: ${text.slice(0, 300)}`);
    return { status: answer.status, body: /** @type {Answer} */ (JSON.parse(text)) };
  }

  /** @param {string} path @param {RequestInit} request @returns {Promise<Response>} */
  async #fetch(path, request) {
    try {
      return await fetch(this.url + path, request);
    } catch (error) {
      if (request.signal?.aborted === true || !this.pauses.isWaking) throw error;
      this.#count(`asked again, because everything had been paused: ${withCause(error)}`);
      return await this.#fetch(path, request);
    }
  }

  /** @param {string} text @param {readonly number[] | undefined} vector */
  #check(text, vector) {
    const digits = vector === undefined ? 'none' : vector.slice(0, 8).join();
    const before = this.#known.includes(text) ? (this.#vectors.get(text) ?? digits) : digits;
    if (vector?.length !== 384 || before !== digits) this.#fault(`a text had the vector ${before} and now has ${digits}`);
    if (this.#known.includes(text)) this.#vectors.set(text, digits);
  }

  /** @param {string} what */
  #count(what) {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** @param {string} what */
  #fault(what) {
    const fault = `${new Date().toISOString()} ${what} (fault at that time: ${this.activeFault()})`;
    this.faults.push(fault);
    console.error(fault); // printed at once, not after an hour
  }
}

/** A failed fetch says why only in its cause. @param {unknown} error @returns {string} */
function withCause(error) {
  return error instanceof Error && error.cause !== undefined ? `${String(error)}, since ${withCause(error.cause)}` : String(error);
}
