import { Logger } from '@nestjs/common';
import { announce, metricsPage, serveMetrics, onStopSignals } from '../process/index.js';
import type { Settings } from '../config/index.js';
import { PinoLogger } from '../logging/index.js';
import { Supervisor } from './index.js';

/** Has several processes serve on one port, until a signal comes. */
export async function supervise(settings: Settings): Promise<void> {
  Logger.overrideLogger(new PinoLogger(settings.server.logLevel));
  const supervisor = new Supervisor(settings, () => process.exit(1));
  const metrics = await serveMetrics(settings.server, () => metricsPage(supervisor.metricsText()));
  const { shutdownDelayMs, shutdownTimeoutMs } = settings.server;
  let stopping = false;
  onStopSignals({
    stop: async (signal) => {
      stopping = true;
      new Logger('Shutdown').log(`${signal}: all HTTP processes finish what runs, for ${shutdownTimeoutMs} ms at most`);
      await supervisor.stop(shutdownDelayMs + shutdownTimeoutMs);
      await metrics?.close();
    },
    abandon: () => void supervisor.kill(),
  });
  const port = await supervisor.start();
  if (port !== undefined) announce(port);
  else if (!stopping) process.exit(1);
}
