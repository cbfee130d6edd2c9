import { Inject, Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { register, type Aggregator } from 'prom-client';
import type { ServerSettings } from '../config/index.js';
import { SUPERVISOR_LINK, type ProcessLink } from '../process-link/index.js';
import { MetricsController } from './metrics.controller.js';
import { METRICS_TOTAL, metricsOfThisProcess } from './metrics-of-service.js';

/** Gauges of prom-client's that are named like counters, which Prometheus's own linter refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Where several processes serve, the worst of them is of interest, and since when the service runs; prom-client has other ideas. */
const AGGREGATORS: readonly (readonly [name: RegExp, aggregator: Aggregator])[] = [
  [/^nodejs_eventloop_lag_(?!min_)/, 'max'],
  [/^process_start_time_seconds$/, 'min'],
];

/** Serves /metrics, unless that has a port of its own; each feature brings its own metrics. */
@Module({})
export class MetricsModule {
  static forRoot({ metricsPort }: Pick<ServerSettings, 'metricsPort'>): DynamicModule {
    const prometheus = PrometheusModule.register({ path: '/metrics', controller: MetricsController });
    return { module: MetricsModule, imports: [metricsPort === undefined ? prometheus : { ...prometheus, controllers: [] }] };
  }

  constructor(@Inject(SUPERVISOR_LINK) supervisor: ProcessLink | undefined) {
    supervisor?.answer(METRICS_TOTAL.ofProcess, metricsOfThisProcess);
    for (const name of MISNAMED) register.removeSingleMetric(name);
    for (const metric of register.getMetricsAsArray()) {
      const [, aggregator] = AGGREGATORS.find(([name]) => name.test(metric.name)) ?? [];
      if (aggregator !== undefined) metric.aggregator = aggregator;
    }
  }
}
