import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { BodyStream, limitBody } from '../../http/index.js';

const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'];
const JOBS_URL = '/jobs';

interface UploadLimits {
  readonly maxBytes: number;
  readonly idleTimeoutMs: number;
}

/** POST /jobs gets JSON and NDJSON as a BodyStream; other routes take no NDJSON. */
export function streamJobs(fastify: FastifyInstance, { maxBytes, idleTimeoutMs }: UploadLimits): void {
  fastify.addContentTypeParser(NDJSON_TYPES, (request, body, done) => {
    if (request.routeOptions.url === JOBS_URL)
      done(null, new BodyStream(body, { format: 'ndjson', maxBytes, idleTimeoutMs, memory: fastify.bodyMemoryOf(request) }));
    else done(new UnsupportedMediaTypeException('Only POST /jobs takes NDJSON.'));
  });
  fastify.addHook('onRoute', (route) => {
    if (route.url !== JOBS_URL || route.method !== 'POST') return;
    limitBody(route, maxBytes, 'JOB_MAX_MB');
    route.config = { ...route.config, streamsJson: true };
  });
}
