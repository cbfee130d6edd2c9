import { setTimeout as pause } from 'node:timers/promises';
import { newRequests } from '../request-source.js';
import { textsOf } from '../text-source.js';
import { Connections } from './connections.js';

/** @typedef {{ at: number, tokens: number, latencyMs: number }} Exchange `at` is when the request was sent. */
/** @typedef {{ tokens: number, bytes: Buffer }} PreparedRequest */

/** Of a run whose requests come at given times. */
export const openConnections = 128;

/** Sends requests for new texts to a running service, and times the answers. */
export class RealLoad {
  /** @param {string} url */
  constructor(url) {
    this.server = { url, api: /** @type {const} */ ('seed'), model: '' };
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
    const connections = new Connections(this.server.url, callers);
    const from = performance.now();
    /** @type {Exchange[]} */
    const exchanges = [];
    const call = async () => {
      while (performance.now() - from < milliseconds) exchanges.push(await exchange(this.prepare(tokens()), { connections, from }));
    };
    await Promise.all(Array.from({ length: callers }, call));
    connections.close();
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
    const connections = new Connections(this.server.url, openConnections);
    const from = performance.now();
    /** @type {Promise<Exchange>[]} */
    const exchanges = [];
    for (const { at, request } of prepared) {
      const waitMs = at - (performance.now() - from);
      if (waitMs > 0.5) await pause(waitMs);
      exchanges.push(exchange(request, { connections, from }));
    }
    const done = await Promise.all(exchanges);
    connections.close();
    return done;
  }
}

/** @param {PreparedRequest} request @param {{ connections: Connections, from: number }} run @returns {Promise<Exchange>} */
async function exchange({ tokens, bytes }, { connections, from }) {
  const connection = await connections.take();
  const sentAt = performance.now();
  await connection.send(bytes, false);
  const latencyMs = performance.now() - sentAt;
  connections.giveBack(connection);
  return { at: sentAt - from, tokens, latencyMs };
}
