import type { Server } from 'node:http';
import type { ServerSettings } from '../config/index.js';

/** For a request's line and headers; whoever needs longer keeps a connection and asks nothing. */
const HEADERS_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 1_000;
const MOST_HEADER_BYTES = 16 * 1024;

/** Options of Node's HTTP server, so that nobody holds a connection by sending a request slowly, or memory by long headers. */
export function slowRequestLimits({ requestTimeoutMs }: ServerSettings): object {
  return {
    requestTimeout: requestTimeoutMs,
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: LOOK_EVERY_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
  };
}

/** Past it new connections are closed at once: their sockets and buffers would be memory without a bound. */
export function limitConnections(server: Server, { maxConnections }: ServerSettings): void {
  server.maxConnections = maxConnections;
}
