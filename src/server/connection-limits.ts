import type { Server } from 'node:http';
import type { ServerSettings } from '../config/index.js';

/** The time for a request's line and headers. A client that needs longer only holds the connection. */
const HEADERS_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 1_000;
const MOST_HEADER_BYTES = 16 * 1024;

/** Options of Node's HTTP server that keep slow requests from holding connections, and long headers from taking memory. */
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

/** New connections above the limit are closed at once, because their sockets and buffers would take memory without a bound. */
export function limitConnections(server: Server, { maxConnections }: ServerSettings): void {
  server.maxConnections = maxConnections;
}
