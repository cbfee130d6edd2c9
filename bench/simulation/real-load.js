import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection } from '../http-connection.js';
import { newRequests } from '../request-source.js';
import { textsOf } from '../text-source.js';

/** @typedef {{ at: number, tokens: number, latencyMs: number }} Exchange `at` is when the request was sent. */
/** @typedef {{ tokens: number, bytes: Buffer }} PreparedRequest */

const connections = 128;

/** Sends requests for new texts to a running service, and times the answers. */
export class RealLoad {
  /** @param {string} url */
  constructor(url) {
    this.server = { url, api: /** @type {const} */ ('seed'), model: '' };
    this.idle = Array.from({ length: connections }, () => new HttpConnection(new URL(url)));
    this.all = [...this.idle];
    /** @type {Map<number, import('../request-source.js').RequestSource>} */
    this.sources = new Map();
  }

  /** @param {number} tokens @returns {PreparedRequest} */
  prepare(tokens) {
    let source = this.sources.get(tokens);
    if (source === undefined) this.sources.set(tokens, (source = newRequests(this.server, { range: textsOf(tokens), textsPerRequest: 1 })));
    return { tokens, bytes: source.next().bytes };
  }

  /** Each caller sends its next request when it has its answer. @param {{ callers: number, milliseconds: number, tokens: () => number }} options */
  async closed({ callers, milliseconds, tokens }) {
    const from = performance.now();
    /** @type {Exchange[]} */
    const exchanges = [];
    const call = async () => {
      while (performance.now() - from < milliseconds) exchanges.push(await this.exchange(this.prepare(tokens()), from));
    };
    await Promise.all(Array.from({ length: callers }, call));
    return exchanges;
  }

  /**
   * Sends each request at its time, or when a connection is free.
   *
   * @param {readonly { at: number, tokens: number }[]} arrivals
   * @returns {Promise<readonly Exchange[]>}
   */
  async open(arrivals) {
    const prepared = arrivals.map(({ at, tokens }) => ({ at, request: this.prepare(tokens) }));
    const from = performance.now();
    /** @type {Promise<Exchange>[]} */
    const exchanges = [];
    for (const { at, request } of prepared) {
      const waitMs = at - (performance.now() - from);
      if (waitMs > 0.5) await pause(waitMs);
      while (this.idle.length === 0) await pause(1);
      exchanges.push(this.exchange(request, from));
    }
    return await Promise.all(exchanges);
  }

  /** @param {PreparedRequest} request @param {number} from @returns {Promise<Exchange>} */
  async exchange({ tokens, bytes }, from) {
    const connection = this.idle.pop();
    if (connection === undefined) throw new Error('no connection is free');
    const sentAt = performance.now();
    await connection.send(bytes, false);
    this.idle.push(connection);
    return { at: sentAt - from, tokens, latencyMs: performance.now() - sentAt };
  }

  close() {
    for (const connection of this.all) connection.close();
  }
}
