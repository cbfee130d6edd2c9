import type { ServerSettings } from '../config/index.js';
import { metricsOfThisProcess, type ProcessMetrics } from './aggregated-metrics.js';
import { metricsPage } from './metrics-page.js';
import { openSideServer, type SideServer } from './side-server.js';

/** Serves /metrics on METRICS_PORT. Undefined = it is not set, and the service's own port serves /metrics (src/metrics). */
export async function serveMetrics(
  { metricsPort, host }: ServerSettings,
  read: () => Promise<ProcessMetrics> = metricsOfThisProcess,
): Promise<SideServer | undefined> {
  if (metricsPort === undefined) return undefined;
  const routes = { '/metrics': async (accept: string | undefined) => await metricsPage(await read(), accept) };
  return await openSideServer({ setting: 'METRICS_PORT', port: metricsPort, host, routes });
}
