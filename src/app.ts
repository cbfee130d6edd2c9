import { Logger, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module.js';
import type { LogLevel, Settings } from './config/index.js';
import { HttpMetrics, requestIdOf } from './http/index.js';
import { HitShortcut } from './embedding/index.js';
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
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain'); // JSON only: anything else is a 415
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(settings), adapter, {
    abortOnError: false,
    bodyParser: false, // Fastify's own JSON parser; Nest's would add forms
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.useLogger(logger);
  app.flushLogs();
  tuneRoutes(fastify, app, maxTextLength);
  addHooks(fastify, app, settings.server.logLevel);
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

/** Each route reads no more than its largest valid body; POST /embed answers hits at once. */
function tuneRoutes(fastify: FastifyInstance, app: NestFastifyApplication, maxTextLength: number): void {
  const hits = app.get(HitShortcut);
  fastify.addHook('onRoute', (route) => {
    if (route.url !== '/embed') return;
    route.bodyLimit = bodyLimit(1, maxTextLength);
    route.preHandler = (request, reply, done) => {
      if (!hits.tryToAnswer(request, reply)) done();
    };
  });
}

/** What holds for every route, those of plugins and those that do not exist included. */
function addHooks(fastify: FastifyInstance, app: NestFastifyApplication, logLevel: LogLevel): void {
  const rateLimit = app.get(RateLimitGuard);
  const metrics = app.get(HttpMetrics);
  const logger = new Logger('Http');
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
    rateLimit.admit(request, reply).then(() => done(), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.answered(request, reply);
    done();
  });
  if (logLevel !== 'debug' && logLevel !== 'trace') return;
  fastify.addHook('onResponse', ({ id, method, routeOptions }, { statusCode, elapsedTime }, done) => {
    logger.debug({ requestId: id, method, route: routeOptions.url, status: statusCode, ms: elapsedTime });
    done();
  });
}
