import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { register, type Aggregator } from 'prom-client';
import { MetricsController } from './metrics.controller.js';

/** Gauges of prom-client's that are named like counters, which Prometheus's own linter refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Where several processes serve, the worst of them is of interest, and since when the service runs; prom-client has other ideas. */
const AGGREGATORS: readonly (readonly [name: RegExp, aggregator: Aggregator])[] = [
  [/^nodejs_eventloop_lag_(?!min_)/, 'max'],
  [/^process_start_time_seconds$/, 'min'],
];

/** Serves /metrics; each feature brings its own metrics. */
@Module({ imports: [PrometheusModule.register({ path: '/metrics', controller: MetricsController })] })
export class MetricsModule {
  constructor() {
    for (const name of MISNAMED) register.removeSingleMetric(name);
    for (const metric of register.getMetricsAsArray()) {
      const [, aggregator] = AGGREGATORS.find(([name]) => name.test(metric.name)) ?? [];
      if (aggregator !== undefined) metric.aggregator = aggregator;
    }
  }
}
