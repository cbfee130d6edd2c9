import { subscribe } from 'node:diagnostics_channel';

/** @typedef {{ bytesWritten: number, bytesRead: number }} Socket */

/** Records the kind of connection of the last request that got a 408, because fetch does not report it. */
export class ConnectionAges {
  /** @readonly @type {WeakMap<object, { openedAt: number, requests: number }>} */
  #connections = new WeakMap();
  /** @readonly @type {WeakMap<object, Socket>} */
  #socketOfRequest = new WeakMap();
  lastOf408 = 'nothing is known of its connection';

  constructor() {
    this.#on('undici:client:connected', ({ socket }) => this.#connections.set(socket, { openedAt: performance.now(), requests: 0 }));
    this.#on('undici:client:sendHeaders', ({ socket, request }) => {
      this.#socketOfRequest.set(request, socket);
      const connection = this.#connections.get(socket);
      if (connection !== undefined) connection.requests++;
    });
    this.#on('undici:request:headers', ({ request, response }) => {
      if (response?.statusCode === 408) this.lastOf408 = this.#describe(request);
    });
  }

  /**
   * @param {string} channel
   * @param {(message: { socket: Socket, request: object, response?: { statusCode: number } }) => void} listen
   */
  #on(channel, listen) {
    subscribe(channel, (message) => listen(/** @type {Parameters<typeof listen>[0]} */ (message)));
  }

  /** @param {object} request */
  #describe(request) {
    const socket = this.#socketOfRequest.get(request);
    const connection = socket && this.#connections.get(socket);
    if (socket === undefined || connection === undefined) return 'its request was not seen on a connection';
    const seconds = ((performance.now() - connection.openedAt) / 1000).toFixed(2);
    return `connection opened ${seconds} s before, request ${connection.requests} on it, ${socket.bytesWritten} bytes written, ${socket.bytesRead} read`;
  }
}
