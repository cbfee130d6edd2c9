import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { EventLoopTurn } from '../../process/index.js';
import type { BodyBudget } from './body-budget.js';
import { notUtf8, tooLarge } from './body-errors.js';
import { BodyStream, type BodyMemory } from './body-stream.js';
import { parsesWithin } from './parse-cost.js';
import { parseLargeJson } from './parse-large-json.js';
import { readBody } from './read-body.js';

export interface JsonBodyOptions {
  readonly budget: BodyBudget;
  readonly idleTimeoutMs: number;
  /** The name under which a caller's bodies are counted. */
  callerOf(request: FastifyRequest): string;
}

/** A body of this size is parsed at once, because that takes a few milliseconds for any shape. */
const SMALL_BYTES = 32 * 1024;
const MOST_MS_AT_ONCE = 40;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route gets a JSON body as a BodyStream, not parsed. */
    streamsJson?: boolean;
  }
  interface FastifyInstance {
    /** Counts the bytes of a BodyStream for the caller. */
    bodyMemoryOf(request: FastifyRequest): BodyMemory;
  }
}

type Parsed = (error: Error | null, value?: unknown) => void;

/**
 * Reads JSON bodies in place of Fastify's parser, which holds the event loop longer the larger a body is. An empty body is
 * no body: clients send the content type with DELETE and POST requests that have none. A route that has `streamsJson` in
 * its config gets a BodyStream.
 */
export function readJsonBodies(fastify: FastifyInstance, options: JsonBodyOptions): void {
  fastify.decorate('bodyMemoryOf', (request) => {
    const caller = options.callerOf(request);
    return { take: (bytes) => options.budget.take(caller, bytes), giveBack: (bytes) => options.budget.giveBack(caller, bytes) };
  });
  const parse = jsonParser(fastify);
  fastify.removeContentTypeParser('application/json');
  fastify.addContentTypeParser('application/json', (request, stream, done) => {
    if (request.is404) {
      done(null); // the answer does not depend on the body
      return;
    }
    const { budget, idleTimeoutMs } = options;
    const maxBytes = request.routeOptions.bodyLimit ?? 0;
    if (Number(request.headers['content-length']) > maxBytes) {
      done(tooLarge());
      return;
    }
    if (request.routeOptions.config.streamsJson === true) {
      done(null, new BodyStream(stream, { format: 'json', maxBytes, idleTimeoutMs, memory: fastify.bodyMemoryOf(request) }));
      return;
    }
    readBody(stream, { caller: options.callerOf(request), maxBytes, idleTimeoutMs, budget }, (error, body, release) => {
      const parsed: Parsed = (fault, value) => {
        release();
        done(fault, value);
      };
      if (error === null) parse(request, body, parsed);
      else parsed(error);
    });
  });
}

function jsonParser(fastify: FastifyInstance): (request: FastifyRequest, body: Buffer, done: Parsed) => void {
  const parseAtOnce = fastify.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    if (body.length === 0) done(null);
    else if (!isUtf8(body)) done(notUtf8());
    else if (body.length <= SMALL_BYTES) void parseAtOnce(request, body.toString(), done);
    else if (parsesWithin(body, MOST_MS_AT_ONCE)) void new EventLoopTurn().next().then(() => parseAtOnce(request, body.toString(), done));
    else parseLargeJson(body).then((value) => done(null, value), done);
  };
}
