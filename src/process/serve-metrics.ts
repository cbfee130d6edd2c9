import { register } from 'prom-client';
import type { ServerSettings } from '../config/index.js';
import { openSideServer, type SideAnswer, type SideServer } from './side-server.js';

/** Serves /metrics on METRICS_PORT. Undefined = it is not set, and the service's own port serves /metrics (src/metrics). */
export async function serveMetrics(
  { metricsPort, host }: ServerSettings,
  read: () => Promise<SideAnswer> = () => metricsPage(),
): Promise<SideServer | undefined> {
  if (metricsPort === undefined) return undefined;
  return await openSideServer({ setting: 'METRICS_PORT', port: metricsPort, host, routes: { '/metrics': read } });
}

/** Makes the page of this Prometheus text; without one, of this process's metrics. */
export async function metricsPage(text: Promise<string> = register.metrics()): Promise<SideAnswer> {
  return { contentType: register.contentType, body: await text };
}
