/** Sends requests over several connections and times the answers. Each connection sends the next request after an answer. */
import { setTimeout as pause } from 'node:timers/promises';
import { answerParent } from './answer-parent.js';
import { HttpConnection } from './http-connection.js';
import { newRequests, repeatedRequests } from './request-source.js';
import { percentile } from './statistics.js';

/** @typedef {import('./request-source.js').HttpRequest} HttpRequest */

/**
 * @typedef {object} Workload
 * @property {number} connections
 * @property {number} textsPerRequest
 * @property {import('./text-source.js').TokenRange} range The lengths of new texts.
 * @property {readonly string[]} [texts] Texts to send again and again, instead of new ones.
 * @property {number} [everyMs] The time between two requests of a connection; without it, requests follow at once.
 */

/**
 * @typedef {object} LoadJob
 * @property {import('./request-source.js').Server} server
 * @property {Workload} workload
 * @property {number} warmUpMs The time before the measured window.
 * @property {number} windowMs
 * @property {number} samples The number of answers that are returned whole.
 */

/**
 * @typedef {object} LoadMeasurement
 * @property {number} requestsPerSecond
 * @property {number} textsPerSecond
 * @property {{ p50: number, p95: number, p99: number }} latencyMs
 * @property {{ texts: readonly string[], body: string }[]} samples
 * @property {number} shortestAnswer In bytes, like longestAnswer.
 * @property {number} longestAnswer
 * @property {number} cpuShare The share of one core that this program took.
 */

class Load {
  /** @param {LoadJob} job */
  constructor({ server, workload, warmUpMs, windowMs, samples }) {
    const { texts } = workload;
    this.workload = workload;
    this.requests = texts === undefined ? newRequests(server, workload) : repeatedRequests(server, texts);
    this.connections = Array.from({ length: workload.connections }, () => new HttpConnection(new URL(server.url)));
    this.from = performance.now() + warmUpMs;
    this.until = this.from + windowMs;
    this.sampleEveryMs = windowMs / samples;
    this.nextSampleAt = this.from;
    /** Connections that wait for an answer after the window. Until they have it, all continue, so that the last ones are not measured on an idle server. */
    this.unfinished = workload.connections;
    this.answered = 0;
    /** @type {number[]} */
    this.latencies = [];
    /** @type {{ texts: readonly string[], body: string }[]} */
    this.samples = [];
    this.shortestAnswer = Infinity;
    this.longestAnswer = 0;
  }

  /** @returns {Promise<LoadMeasurement>} */
  async run() {
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    await Promise.all(this.connections.map((connection, index) => this.drive(connection, index)));
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpuShare = (user + system) / 1000 / (performance.now() - startedAt);

    const requestsPerSecond = (this.answered / (this.until - this.from)) * 1000;
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(this.latencies, share));
    return {
      requestsPerSecond,
      textsPerSecond: requestsPerSecond * this.workload.textsPerRequest,
      latencyMs: { p50: p50 ?? NaN, p95: p95 ?? NaN, p99: p99 ?? NaN },
      samples: this.samples,
      shortestAnswer: this.shortestAnswer,
      longestAnswer: this.longestAnswer,
      cpuShare,
    };
  }

  close() {
    for (const connection of this.connections) connection.close();
  }

  /**
   * @param {HttpConnection} connection
   * @param {number} index
   */
  async drive(connection, index) {
    const { everyMs, connections } = this.workload;
    let due = performance.now() + ((everyMs ?? 0) * index) / connections;
    let finished = false;
    while (this.unfinished > 0) {
      if (everyMs !== undefined) {
        await pause(Math.max(0, due - performance.now()));
        due += everyMs;
      }
      const end = await this.exchange(connection);
      if (finished || end < this.until) continue;
      finished = true;
      this.unfinished--;
    }
  }

  /** @param {HttpConnection} connection */
  async exchange(connection) {
    const request = this.requests.next();
    const start = performance.now();
    const isSample = start >= this.nextSampleAt && start < this.until;
    if (isSample) this.nextSampleAt += this.sampleEveryMs;
    const { bodyBytes, body } = await connection.send(request.bytes, isSample);
    const end = performance.now();
    this.checkLength(request, bodyBytes);
    if (body !== undefined) this.samples.push({ texts: request.texts, body });
    this.count(start, end);
    return end;
  }

  /** The same request must get the same answer. Answers to new requests are checked in the samples. @param {HttpRequest} request @param {number} bodyBytes */
  checkLength(request, bodyBytes) {
    request.answerBytes ??= bodyBytes;
    if (request.answerBytes !== bodyBytes) throw new Error(`an answer of ${bodyBytes} bytes, where it was ${request.answerBytes} before`);
    if (bodyBytes < this.shortestAnswer) this.shortestAnswer = bodyBytes;
    if (bodyBytes > this.longestAnswer) this.longestAnswer = bodyBytes;
  }

  /** A request counts by the part of its time inside the window, so that long requests at the ends do not distort the rate. @param {number} start @param {number} end */
  count(start, end) {
    const inside = Math.min(end, this.until) - Math.max(start, this.from);
    if (inside <= 0) return;
    this.answered += inside / (end - start);
    this.latencies.push(end - start);
  }
}

answerParent(async (/** @type {LoadJob} */ job) => {
  const load = new Load(job);
  try {
    return await load.run();
  } finally {
    load.close();
  }
});
