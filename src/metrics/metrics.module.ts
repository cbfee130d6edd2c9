import { Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { register, type Aggregator } from 'prom-client';
import type { ServerSettings } from '../config/index.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsHistoryController } from './metrics-history.controller.js';

/** Gauges of prom-client that are named like counters; Prometheus's own linter refuses such names. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Aggregators for replicas where prom-client's own do not fit: the longest lag of any replica, and the time since when the service runs. */
const AGGREGATORS: readonly (readonly [name: RegExp, aggregator: Aggregator])[] = [
  [/^nodejs_eventloop_lag_(?!min_)/, 'max'],
  [/^process_start_time_seconds$/, 'min'],
];

/** Serves /metrics and its last hour, unless METRICS_PORT serves metrics. Each feature brings its own metrics. */
@Module({})
export class MetricsModule {
  static forRoot({ metricsPort }: Pick<ServerSettings, 'metricsPort'>): DynamicModule {
    const prometheus = PrometheusModule.register({ path: '/metrics', controller: MetricsController });
    if (metricsPort !== undefined) return { module: MetricsModule, imports: [{ ...prometheus, controllers: [] }] };
    return { module: MetricsModule, imports: [prometheus], controllers: [MetricsHistoryController] };
  }

  constructor() {
    for (const name of MISNAMED) register.removeSingleMetric(name);
    for (const metric of register.getMetricsAsArray()) {
      const [, aggregator] = AGGREGATORS.find(([name]) => name.test(metric.name)) ?? [];
      if (aggregator !== undefined) metric.aggregator = aggregator;
    }
  }
}
