import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { limitBody } from '../../http/index.js';

const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'];
const JOBS_URL = '/jobs';
/** A JSON body is held in memory and parsed as a whole; NDJSON is not. */
const LARGEST_JSON_BYTES = 64 * 1024 * 1024;

/** POST /jobs gets an NDJSON body as a stream; other routes take no NDJSON. */
export function acceptNdjson(fastify: FastifyInstance, maxBytes: number): void {
  fastify.addContentTypeParser(NDJSON_TYPES, (request, body, done) => {
    if (request.routeOptions.url === JOBS_URL) done(null, body);
    else done(new UnsupportedMediaTypeException('Only POST /jobs takes NDJSON.'));
  });
  fastify.addHook('onRoute', (route) => {
    if (route.url === JOBS_URL && route.method === 'POST')
      limitBody(route, Math.min(LARGEST_JSON_BYTES, maxBytes), 'for JSON; NDJSON may have JOB_MAX_MB');
  });
}
