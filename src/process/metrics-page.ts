import { Registry, type Metric, type RegistryContentType } from 'prom-client';
import type { ProcessMetrics } from './aggregated-metrics.js';
import type { SideAnswer } from './side-server.js';

const OPENMETRICS = 'application/openmetrics-text';

/** The page for Prometheus: OpenMetrics with exemplars if the Accept header asks for it, else the text format. */
export async function metricsPage(metrics: ProcessMetrics, accept: string | undefined): Promise<SideAnswer> {
  const isOpenMetrics = accept?.includes(OPENMETRICS) === true;
  const contentType = isOpenMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
  const named = isOpenMetrics ? withoutSuffix(metrics) : [...metrics];
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(contentType);
  for (const metric of named) registry.registerMetric({ ...metric, get: () => metric } as unknown as Metric); // its types know only live metrics
  return { contentType, body: await registry.metrics() };
}

/** In OpenMetrics the name of a counter is without the `_total` of its series, which prom-client adds. */
function withoutSuffix(metrics: ProcessMetrics): ProcessMetrics {
  return metrics.map((metric) => (String(metric.type) === 'counter' ? { ...metric, name: metric.name.replace(/_total$/, '') } : metric));
}
