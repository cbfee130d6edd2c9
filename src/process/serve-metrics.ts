import { register } from 'prom-client';
import type { ServerSettings } from '../config/index.js';
import { openSideServer, type SideAnswer, type SideServer } from './side-server.js';

/** /metrics on METRICS_PORT. Undefined = there is none, and the service itself answers it (src/metrics). */
export async function serveMetrics(
  { metricsPort, host }: ServerSettings,
  read: () => Promise<SideAnswer> = () => metricsPage(),
): Promise<SideServer | undefined> {
  if (metricsPort === undefined) return undefined;
  return await openSideServer({ setting: 'METRICS_PORT', port: metricsPort, host, routes: { '/metrics': read } });
}

/** Prometheus text, of this process unless another is given. */
export async function metricsPage(text: Promise<string> = register.metrics()): Promise<SideAnswer> {
  return { contentType: register.contentType, body: await text };
}
