import type { FastifyInstance, onResponseHookHandler } from 'fastify';

/** Asked every few seconds by machines: a line each would bury the others, and the metrics count them. */
const QUIET_ROUTES = /^\/(?:health|ready|metrics)(?:\/|$)/;

/** What is the same in each line of a route is written once. */
export interface RequestLogger {
  forRoute(method: string, route: string, level: 'info' | 'debug'): (line: RequestLine) => void;
}

interface RequestLine {
  readonly requestId: string;
  readonly status: number;
  readonly ms: number;
}

/**
 * One line for each request when its answer is out. Of what the caller sent it has only the id, which is checked, and
 * the route, as declared: no path, query, header or body.
 */
export function logRequests(fastify: FastifyInstance, logger: RequestLogger): void {
  fastify.addHook('onRoute', (route) => {
    const write = logger.forRoute(String(route.method), route.url, QUIET_ROUTES.test(route.url) ? 'debug' : 'info');
    route.onResponse = [...[route.onResponse ?? []].flat(), loggingHook(write)];
  });
  const writeUnknown = logger.forRoute('any', 'unknown', 'info');
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.is404) writeUnknown({ requestId: request.id, status: reply.statusCode, ms: rounded(reply.elapsedTime) });
    done();
  });
}

function loggingHook(write: (line: RequestLine) => void): onResponseHookHandler {
  return ({ id }, { statusCode, elapsedTime }, done) => {
    write({ requestId: id, status: statusCode, ms: rounded(elapsedTime) });
    done();
  };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
