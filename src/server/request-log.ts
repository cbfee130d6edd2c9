import type { FastifyInstance, FastifyReply, onResponseHookHandler } from 'fastify';

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

type WriteLine = (requestId: string, answer: Pick<FastifyReply, 'statusCode' | 'elapsedTime'>) => void;

/**
 * One line for each request when its answer is out. Of what the caller sent it has only the id, which is checked, and
 * the route, as declared: no path, query, header or body.
 */
export function logRequests(fastify: FastifyInstance, logger: RequestLogger): void {
  fastify.addHook('onRoute', (route) => {
    const write = lineOf(logger, String(route.method), route.url);
    route.onResponse = [...[route.onResponse ?? []].flat(), loggingHook(write)];
  });
  const writeUnknown = lineOf(logger, 'any', 'unknown');
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.is404) writeUnknown(request.id, reply);
    done();
  });
}

/** What writes the lines of one route. */
export function lineOf(logger: RequestLogger, method: string, route: string): WriteLine {
  const write = logger.forRoute(method, route, QUIET_ROUTES.test(route) ? 'debug' : 'info');
  return (requestId, { statusCode: status, elapsedTime }) => write({ requestId, status, ms: Math.round(elapsedTime * 100) / 100 });
}

function loggingHook(write: WriteLine): onResponseHookHandler {
  return (request, reply, done) => {
    write(request.id, reply);
    done();
  };
}
