import type { Settings } from '../config/index.js';
import { PinoLogger } from '../logging/index.js';
import { onStopSignals, serveMetrics, type Announcement } from '../process/index.js';
import { Primary } from './primary.js';

/** Serves with several processes on one port, until a signal comes. */
export async function runReplicas(settings: Settings, announcement: Announcement): Promise<void> {
  const logger = new PinoLogger(settings.server.logLevel);
  const primary = new Primary({ settings, logger, gaveUp: () => process.exit(1) });
  const metrics = await serveMetrics(settings.server, async () => await primary.readMetrics());
  const { shutdownDelayMs, shutdownTimeoutMs } = settings.server;
  let stopping = false;
  onStopSignals({
    stop: async (signal) => {
      stopping = true;
      logger.log(`${signal}: all HTTP processes finish their requests, for ${shutdownTimeoutMs} ms at most`, 'Shutdown');
      await primary.stop(shutdownDelayMs + shutdownTimeoutMs);
      await metrics?.close();
    },
    abandon: () => void primary.kill(),
  });
  const port = await primary.start();
  if (port !== undefined) announcement.listening(port, await primary.readSummary());
  else if (!stopping) process.exit(1);
}
