import type { FastifyInstance, onResponseHookHandler } from 'fastify';
import { elapsedMs } from '../http/index.js';

/** Machines ask these every few seconds. One line each would hide the others, and the metrics count them anyway. */
const QUIET_ROUTES = /^\/(?:health|ready|metrics)(?:\/|$)/;

/** Prepares the part of a line that is the same for all requests of a route. */
export interface RequestLogger {
  forRoute(method: string, route: string, level: 'info' | 'debug'): (line: RequestLine) => void;
}

interface RequestLine {
  readonly requestId: string;
  readonly status: number;
  readonly ms: number;
}

type WriteLine = (requestId: string, status: number, elapsedMs: number) => void;

/**
 * Writes one line for each request after its answer was sent. From the caller it takes only the id, which is checked.
 * It names the route as declared, and never a path, query, header or body.
 */
export function logRequests(fastify: FastifyInstance, logger: RequestLogger): void {
  fastify.addHook('onRoute', (route) => {
    const write = lineOf(logger, String(route.method), route.url);
    route.onResponse = [...[route.onResponse ?? []].flat(), loggingHook(write)];
  });
  const writeUnknown = lineOf(logger, 'any', 'unknown');
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.is404) writeUnknown(request.id, reply.statusCode, elapsedMs(request.raw));
    done();
  });
}

/** Makes the function that writes the lines of one route. */
export function lineOf(logger: RequestLogger, method: string, route: string): WriteLine {
  const write = logger.forRoute(method, route, QUIET_ROUTES.test(route) ? 'debug' : 'info');
  return (requestId, status, milliseconds) => write({ requestId, status, ms: Math.round(milliseconds * 100) / 100 });
}

function loggingHook(write: WriteLine): onResponseHookHandler {
  return (request, reply, done) => {
    write(request.id, reply.statusCode, elapsedMs(request.raw));
    done();
  };
}
