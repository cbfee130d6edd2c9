import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { hasAdmin } from '../auth/index.js';
import { acceptUploads } from '../batches/index.js';
import { clientErrorHandler, closeIdleConnections } from './client-errors.js';
import type { Settings } from '../config/index.js';
import { trustedProxies } from './client-address.js';
import { limitConnections, slowRequestLimits } from './connection-limits.js';
import { BodyBudget, readJsonBodies, requestIdOf, sendError } from '../http/index.js';
import type { Link } from '../link/index.js';
import { serveDocumentation, serveAssets, protectPages } from '../pages/index.js';
import { addHooks, largestBody } from './server-hooks.js';
import { serveQueueBoard } from '../queue/index.js';
import { openTracing } from '../tracing/index.js';
import { boundDiscarding, lingerBeforeClose } from './lingering-close.js';
import type { RequestLogger } from './request-log.js';

/** Longer than load balancers keep an idle connection (most: 60 s), so that they close it first and no request is lost. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** Makes the whole service, ready to listen. Rejects with a SettingsError if it cannot run as configured. */
export async function createApp(
  settings: Settings,
  logger: LoggerService & RequestLogger,
  primary?: Link,
): Promise<NestFastifyApplication> {
  const { maxTextLength } = settings.embedding;
  const adapter = new FastifyAdapter({
    bodyLimit: largestBody(maxTextLength),
    trustProxy: trustedProxies(settings.server),
    genReqId: ({ headers }: { headers: Parameters<typeof requestIdOf>[0] }) => requestIdOf(headers),
    frameworkErrors: sendError, // a URL that cannot be decoded reaches no route
    ...slowRequestLimits(settings.server),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    clientErrorHandler: clientErrorHandler({ unusedMs: KEEP_ALIVE_TIMEOUT_MS }),
    forceCloseConnections: 'idle',
    return503OnClosing: false, // a request that still arrives on an open connection is answered, then the connection closes
  });
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain'); // only JSON is read; other types get a 415
  readJsonBodies(fastify, {
    budget: new BodyBudget(settings.server.bodies),
    idleTimeoutMs: settings.server.bodies.idleTimeoutMs,
    callerOf: ({ apiKey, ip }) => (apiKey === undefined ? ip : `key:${apiKey.name}`),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(settings, primary), adapter, {
    abortOnError: false,
    bodyParser: false, // Fastify's own JSON parser; Nest's would add forms
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.useLogger(logger);
  app.flushLogs();
  await openTracing(fastify, settings.tracing); // first, so that traces include the time of the other hooks
  limitConnections(fastify.server, settings.server);
  closeIdleConnections(fastify.server);
  lingerBeforeClose(fastify.server);
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    boundDiscarding(raw);
    done();
  });
  await acceptUploads(app);
  addHooks(app, settings, logger);
  await protectPages(app);
  serveDocumentation(app);
  await serveAssets(app);
  if (hasAdmin(settings.auth) && settings.queue.backend.kind === 'redis') serveQueueBoard(app);
  await app.init();
  return app;
}
