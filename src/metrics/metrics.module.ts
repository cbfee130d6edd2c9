import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { register } from 'prom-client';
import { MetricsController } from './metrics.controller.js';

/** Gauges of prom-client's that are named like counters, which Prometheus's own linter refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Serves /metrics; each feature brings its own metrics. */
@Module({ imports: [PrometheusModule.register({ path: '/metrics', controller: MetricsController })] })
export class MetricsModule {
  constructor() {
    for (const name of MISNAMED) register.removeSingleMetric(name);
  }
}
