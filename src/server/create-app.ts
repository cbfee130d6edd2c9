import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { hasAdmin } from '../auth/index.js';
import { acceptUploads } from '../batches/index.js';
import { clientErrorHandler, closeIdleConnections } from './client-errors.js';
import type { Settings } from '../config/index.js';
import { limitConnections, slowRequestLimits } from './connection-limits.js';
import { requestIdOf, sendError } from '../http/index.js';
import type { Link } from '../link/index.js';
import { serveDocumentation, serveAssets, protectPages } from '../pages/index.js';
import { addHooks, largestBody } from './server-hooks.js';
import { serveQueueBoard } from '../queue/index.js';
import { openTracing } from '../tracing/index.js';
import type { RequestLogger } from './request-log.js';

/** Longer than a load balancer keeps an idle connection (60 s for most), so that it closes first and loses no request. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** The whole service, ready to listen. Rejects with a SettingsError when it cannot run as configured. */
export async function createApp(
  settings: Settings,
  logger: LoggerService & RequestLogger,
  primary?: Link,
): Promise<NestFastifyApplication> {
  const { maxTextLength } = settings.embedding;
  const adapter = new FastifyAdapter({
    bodyLimit: largestBody(maxTextLength),
    trustProxy: trustProxyOption(settings),
    genReqId: ({ headers }: { headers: Parameters<typeof requestIdOf>[0] }) => requestIdOf(headers),
    frameworkErrors: sendError, // a URL that cannot be decoded comes to no route
    ...slowRequestLimits(settings.server),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    clientErrorHandler: clientErrorHandler({ unusedMs: KEEP_ALIVE_TIMEOUT_MS }),
    forceCloseConnections: 'idle',
    return503OnClosing: false, // what still comes in on an open connection is answered, then the connection closed
  });
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain'); // JSON only: anything else is a 415
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(settings, primary), adapter, {
    abortOnError: false,
    bodyParser: false, // Fastify's own JSON parser; Nest's would add forms
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.useLogger(logger);
  app.flushLogs();
  await openTracing(fastify, settings.tracing); // first, to time what the other hooks take too
  limitConnections(fastify.server, settings.server);
  closeIdleConnections(fastify.server);
  await acceptUploads(app);
  addHooks(app, settings, logger);
  await protectPages(app);
  serveDocumentation(app);
  await serveAssets(app);
  if (hasAdmin(settings.auth) && settings.queue.backend.kind === 'redis') serveQueueBoard(app);
  await app.init();
  return app;
}

function trustProxyOption({ server: { trustProxy } }: Settings): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return typeof trustProxy === 'object' ? [...trustProxy] : trustProxy;
}
