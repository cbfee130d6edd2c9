import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createAdapter } from './adapter.js';
import { AppModule } from './app.module.js';
import { KeyDirectory } from '../auth/index.js';
import { acceptUploads } from '../batches/index.js';
import type { Settings } from '../config/index.js';
import type { Link } from '../link/index.js';
import { noticePage, serveDocumentation, serveAssets, protectPages } from '../pages/index.js';
import { addHooks } from './server-hooks.js';
import { explainMissingBoard, serveQueueBoard } from '../queue/index.js';
import { openTracing } from '../tracing/index.js';
import { boundDiscarding } from './lingering-close.js';
import type { RequestLogger } from './request-log.js';

/** The options with which Nest makes the application, in the service and in tests. */
export const APP_OPTIONS = {
  abortOnError: false,
  bodyParser: false, // Fastify's own JSON parser; Nest's would add forms
  bufferLogs: true,
  autoFlushLogs: false,
} as const;

/** Makes the whole service, ready to listen. Rejects with a SettingsError if it cannot run as configured. */
export async function createApp(
  settings: Settings,
  logger: LoggerService & RequestLogger,
  primary?: Link,
): Promise<NestFastifyApplication> {
  const module = AppModule.forRoot(settings, primary);
  const app = await NestFactory.create<NestFastifyApplication>(module, createAdapter(settings), {
    ...APP_OPTIONS,
    bufferLogs: false,
    logger,
  });
  await prepareApp(app, settings, logger);
  return app;
}

/** Adds all that is outside Nest's modules: hooks, pages, uploads, the queue's board. */
export async function prepareApp(app: NestFastifyApplication, settings: Settings, logger: LoggerService & RequestLogger): Promise<void> {
  app.useLogger(logger);
  app.flushLogs();
  const fastify = app.getHttpAdapter().getInstance();
  await openTracing(fastify, settings.tracing); // first, so that traces include the time of the other hooks
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    boundDiscarding(raw);
    done();
  });
  await acceptUploads(app);
  addHooks(app, settings, logger);
  await protectPages(app);
  serveDocumentation(app);
  await serveAssets(app);
  await serveBoard(app, settings);
  await app.init();
}

/** The queue board, or the reason why there is none. */
async function serveBoard(app: NestFastifyApplication, { queue }: Settings): Promise<void> {
  const lacks = [
    ...(app.get(KeyDirectory).hasAdmin ? [] : ['admin' as const]),
    ...(queue.backend.kind === 'redis' ? [] : ['redis' as const]),
  ];
  if (lacks.length === 0) await serveQueueBoard(app);
  else explainMissingBoard(app, { lacks, page: (message) => noticePage('No queue board', message) });
}
