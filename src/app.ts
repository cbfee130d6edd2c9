import { Logger, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module.js';
import type { Settings } from './config/index.js';
import { HttpMetrics, requestIdOf } from './http/index.js';
import { serveDocumentation } from './documentation.js';
import { RateLimitGuard } from './throttler/index.js';

/** In JSON a code point takes at most 12 bytes (two \u escapes); the rest is for names and brackets. */
const JSON_BYTES_PER_CHARACTER = 12;
const JSON_FRAME_BYTES = 64 * 1024;
const TEXTS_IN_LARGEST_BODY = 100;
/** Longer than a load balancer keeps an idle connection (60 s for most), so that it closes first and loses no request. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** The whole service, ready to listen. Rejects with a SettingsError when it cannot run as configured. */
export async function createApp(settings: Settings, logger: LoggerService): Promise<NestFastifyApplication> {
  const { maxTextLength } = settings.embedding;
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimit(TEXTS_IN_LARGEST_BODY, maxTextLength),
    trustProxy: trustProxyOption(settings),
    genReqId: ({ headers }: { headers: Parameters<typeof requestIdOf>[0] }) => requestIdOf(headers),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // what still comes in on an open connection is answered, then the connection closed
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  fastify.removeContentTypeParser('text/plain'); // JSON only: anything else is a 415
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/embed') route.bodyLimit = bodyLimit(1, maxTextLength);
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(settings), adapter, {
    abortOnError: false,
    bodyParser: false, // Fastify's own JSON parser; Nest's would add forms
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.useLogger(logger);
  app.flushLogs();
  addHooks(fastify, app);
  serveDocumentation(app);
  await app.init();
  return app;
}

function bodyLimit(texts: number, maxTextLength: number): number {
  return texts * maxTextLength * JSON_BYTES_PER_CHARACTER + JSON_FRAME_BYTES;
}

function trustProxyOption({ server: { trustProxy } }: Settings): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return typeof trustProxy === 'object' ? [...trustProxy] : trustProxy;
}

/** What holds for every route, those of plugins and those that do not exist included. */
function addHooks(fastify: FastifyInstance, app: NestFastifyApplication): void {
  const rateLimit = app.get(RateLimitGuard);
  const metrics = app.get(HttpMetrics);
  const logger = new Logger('Http');
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
    rateLimit.admit(request, reply).then(() => done(), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.answered(request, reply);
    logger.debug({ requestId: request.id, method: request.method, route: request.routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime });
    done();
  });
}
