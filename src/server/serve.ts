import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { KeyDirectory } from '../auth/index.js';
import { createApp } from './create-app.js';
import { SettingsError, type Settings } from '../config/index.js';
import { Models } from '../embedding/index.js';
import { ReadinessService } from '../health/index.js';
import type { Link } from '../link/index.js';
import { PinoLogger } from '../logging/index.js';
import { serveMetrics, type SummaryLine } from '../process/index.js';
import { startSummary } from './start-summary.js';
import { stopOnSignals } from './shutdown.js';
import { traceIds } from '../tracing/index.js';

export interface Serving {
  readonly port: number;
  readonly summary: readonly SummaryLine[];
}

/** Serves in this process, alone or as a replica. Resolves when it listens. */
export async function serve(settings: Settings, primary?: Link): Promise<Serving> {
  const app = await createApp(settings, openLog(settings), primary);
  try {
    const metrics = primary === undefined ? await serveMetrics(settings.server) : undefined; // of replicas, the primary has METRICS_PORT
    const { shutdownTimeoutMs: timeoutMs, shutdownDelayMs: delayMs } = settings.server;
    const onSignal = (): void => app.get(ReadinessService).stop();
    stopOnSignals(app, { timeoutMs, delayMs, server: app.getHttpServer(), side: metrics, onSignal });
    await listen(app, settings);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { port, summary: summaryOf(app, settings) };
}

function summaryOf(app: NestFastifyApplication, settings: Settings): readonly SummaryLine[] {
  return startSummary(settings, { models: app.get(Models).all, keys: app.get(KeyDirectory), rssBytes: process.memoryUsage.rss() });
}

/** Asks for trace ids only where requests are traced, because asking costs time for each line. */
function openLog({ server, tracing }: Settings): PinoLogger {
  return new PinoLogger(server.logLevel, tracing.endpoint === undefined ? undefined : () => traceIds() ?? {});
}

/** Does not use app.listen(), because that logs the error too. */
async function listen(app: NestFastifyApplication, { server: { host, port } }: Settings): Promise<void> {
  try {
    await app.getHttpAdapter().getInstance().listen({ host, port });
  } catch (error) {
    throw listenError(host, port, error);
  }
}

function listenError(host: string, port: number, error: unknown): SettingsError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new SettingsError([`API_PORT=${port} is in use by another process: stop that one, or set another API_PORT`]);
  return new SettingsError([`API_HOST=${host} and API_PORT=${port} cannot be listened on: ${message}`]);
}
