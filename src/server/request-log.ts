import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { outcomeOf } from '../embed-api/index.js';
import { cacheStateOf } from '../embedding/index.js';
import { elapsedMs } from '../http/index.js';
import type { RequestReport, SlowRequests } from '../stats/index.js';

/** Machines ask these every few seconds. One line each would hide the others, and the metrics count them anyway. */
const QUIET_ROUTES = /^\/(?:health|ready|metrics)(?:\/|$)/;

/** Prepares the part of a line that is the same for all requests of a route. */
export interface RequestLogger {
  forRoute(method: string, route: string): (level: RequestLogLevel, line: RequestReport) => void;
}

export type RequestLogLevel = 'debug' | 'info' | 'warn';

interface RequestLogOptions {
  /** False = only slow requests have lines. */
  readonly logRequests: boolean;
  /** A request for embeddings that takes as long or longer is a warning; Infinity = none is. */
  readonly slowMs: number;
  readonly slowest: SlowRequests;
}

/** Tells of one request, after its answer was sent. */
export type TellOfRequest = (request: ToldRequest, status: number) => void;

interface ToldRequest {
  readonly id: string;
  readonly raw: IncomingMessage;
}

/**
 * Writes one line for each request after its answer was sent, and keeps the slowest. From the caller it takes only the id,
 * which is checked. It names the route as declared, and never a path, query, header or body.
 */
export class RequestLog {
  constructor(
    private readonly logger: RequestLogger,
    private readonly options: RequestLogOptions,
  ) {}

  follow(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const tell = this.of(String(route.method), route.url);
      route.onResponse = [
        ...[route.onResponse ?? []].flat(),
        (request, reply, done) => {
          tell(request, reply.statusCode);
          done();
        },
      ];
    });
    const tellOfUnknown = this.of('any', 'unknown');
    fastify.addHook('onResponse', (request, reply, done) => {
      if (request.is404) tellOfUnknown(request, reply.statusCode);
      done();
    });
  }

  /** Makes the function for the requests of one route. */
  of(method: string, route: string): TellOfRequest {
    const { logRequests, slowMs, slowest } = this.options;
    const write = this.logger.forRoute(method, route);
    const usualLevel = QUIET_ROUTES.test(route) ? 'debug' : 'info';
    return ({ id, raw }, status) => {
      const ms = elapsedMs(raw);
      const outcome = outcomeOf(raw);
      const isSlow = outcome !== undefined && ms >= slowMs;
      const isKept = outcome !== undefined && slowest.takes(ms);
      if (!isKept && !isSlow && !logRequests) return;
      const line = { requestId: id, status, ms: rounded(ms), ...factsOf(outcome) };
      if (isKept) slowest.keep({ at: Date.now(), route: `${method} ${route}`, ...line });
      if (isSlow || logRequests) write(isSlow ? 'warn' : usualLevel, line);
    };
  }
}

function factsOf(outcome: ReturnType<typeof outcomeOf>): Partial<RequestReport> | undefined {
  if (outcome === undefined || outcome === 'failed') return undefined;
  const { texts, tokens, model, stages } = outcome;
  return { cache: cacheStateOf(outcome), texts, tokens, model, stages: stages.entered() };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
