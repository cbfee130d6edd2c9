/** The program of a process that only does jobs. Any number of them share the queue of a Redis. */
import type { INestApplicationContext } from '@nestjs/common';
import type { Settings } from './config/index.js';
import { requireOpenFiles } from './open-files/index.js';

requireOpenFiles(); // before all other imports, because they fail where few files may be open
await import('reflect-metadata');
const { NestFactory } = await import('@nestjs/core');
const { loadSettings, SettingsError } = await import('./config/index.js');
const { ReadinessService } = await import('./health/index.js');
const { threadsHaveStarted } = await import('./link/index.js');
const { PinoLogger } = await import('./logging/index.js');
const { startProgram } = await import('./process/index.js');
const { stopOnSignals } = await import('./server/index.js');
const { serveWorkerProbes, WorkerModule } = await import('./worker/index.js');

async function start(): Promise<void> {
  const settings = loadSettings();
  const { backend } = settings.queue;
  if (backend.kind !== 'redis') {
    throw new SettingsError(['QUEUE_REDIS_URL (or REDIS_URL) is not set: without a Redis, the service itself does its jobs']);
  }
  const app = await createWorker(settings);
  const { workerPort } = settings.queue;
  const side = workerPort === undefined ? undefined : await serveWorkerProbes(workerPort, app.get(ReadinessService, { strict: false }));
  stopOnSignals(app, { timeoutMs: settings.server.shutdownTimeoutMs, delayMs: 0, side, onSignal: () => undefined });
  process.stdout.write(`Working on jobs, ${settings.queue.concurrency} chunks at a time\n`);
}

async function createWorker(settings: Settings): Promise<INestApplicationContext> {
  return await NestFactory.createApplicationContext(WorkerModule.forRoot(settings), {
    abortOnError: false,
    logger: new PinoLogger(settings.server.logLevel),
  });
}

await startProgram(start, threadsHaveStarted);
