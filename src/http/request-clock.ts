import type http from 'node:http';

const ARRIVED_AT = Symbol('arrivedAt');

declare module 'http' {
  interface IncomingMessage {
    [ARRIVED_AT]?: number;
  }
}

/**
 * When a request arrived, by performance.now(). The clock starts when it is first asked for, which the server does before
 * anything waits. It lies on Node's own request, because that is the same for the listener and for Fastify.
 */
export function arrivedAt(request: http.IncomingMessage): number {
  return (request[ARRIVED_AT] ??= performance.now());
}

/** Milliseconds since the request arrived. */
export function elapsedMs(request: http.IncomingMessage): number {
  return performance.now() - arrivedAt(request);
}
