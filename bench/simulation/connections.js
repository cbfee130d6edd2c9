import { HttpConnection } from '../http-connection.js';

/** A fixed number of connections to a service, which requests take in turns. */
export class Connections {
  /** @param {string} url @param {number} count */
  constructor(url, count) {
    this.all = Array.from({ length: count }, () => new HttpConnection(new URL(url)));
    this.free = [...this.all];
    /** @type {((connection: HttpConnection) => void)[]} */
    this.waiting = [];
  }

  /** Resolves when a connection is free. @returns {HttpConnection | Promise<HttpConnection>} */
  take() {
    return this.free.pop() ?? new Promise((resolve) => this.waiting.push(resolve));
  }

  /** @param {HttpConnection} connection */
  giveBack(connection) {
    const next = this.waiting.shift();
    if (next === undefined) this.free.push(connection);
    else next(connection);
  }

  close() {
    for (const connection of this.all) connection.close();
  }
}
