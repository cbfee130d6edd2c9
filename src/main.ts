import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.js';
import { loadSettings, SettingsError, type Settings } from './config/index.js';
import { ReadinessService } from './health/index.js';
import { PinoLogger } from './logging/index.js';
import { stopOnSignals } from './shutdown.js';

async function start(): Promise<void> {
  const settings = loadSettings();
  const app = await createApp(settings, new PinoLogger(settings.server.logLevel));
  const { shutdownTimeoutMs: timeoutMs, shutdownDelayMs: delayMs } = settings.server;
  stopOnSignals(app, { timeoutMs, delayMs, server: app.getHttpServer(), onSignal: () => app.get(ReadinessService).stop() });
  await listen(app, settings);
  const { port } = app.getHttpServer().address() as AddressInfo;
  announce(`http://localhost:${port}`);
}

/** Not app.listen(), which logs the error too. */
async function listen(app: NestFastifyApplication, { server: { host, port } }: Settings): Promise<void> {
  try {
    await app.getHttpAdapter().getInstance().listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenError(host, port, error);
  }
}

function announce(address: string): void {
  process.stdout.write(`
Listening on ${address}
Docs         ${address}/docs
Try          curl -s ${address}/embed -H 'content-type: application/json' -d '{"text":"Hello, world!"}'

`);
}

function listenError(host: string, port: number, error: unknown): SettingsError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new SettingsError([`API_PORT=${port} is in use by another process: stop that one, or set another API_PORT`]);
  return new SettingsError([`API_HOST=${host} and API_PORT=${port} cannot be listened on: ${message}`]);
}

try {
  await start();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  for (const fault of error.faults) process.stderr.write(`${fault}\n`);
  process.exit(1);
}
