import { AggregatorRegistry, register, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import type { ServiceTotal } from '../process-link/index.js';
import { ratio } from './hot-ratio.js';
import type { Labels } from './labelled-series.js';

/** A metric as prom-client's registry hands it out, or one of ours: see hot-ratio.ts. */
interface MetricOfProcess extends MetricObjectWithValues<MetricValue<string>> {
  readonly ratioOf?: { readonly counter: string; readonly labels: Labels };
}

/** All metrics of a process, or of all. */
export type ProcessMetrics = readonly MetricOfProcess[];

const CUMULATIVE: readonly unknown[] = ['counter', 'histogram', 'summary'];

export async function metricsOfThisProcess(): Promise<ProcessMetrics> {
  return await register.getMetricsAsJSON();
}

/** Prometheus text. */
export async function textOf(metrics: ProcessMetrics): Promise<string> {
  return await AggregatorRegistry.aggregate([[...metrics]]).metrics();
}

/**
 * The metrics of several processes as those of one: each says itself how it is aggregated. What a process that is gone
 * has counted stays counted, since a counter that falls looks like a restart.
 */
export const METRICS_TOTAL: ServiceTotal<ProcessMetrics> = {
  ofProcess: { name: 'metrics-of-process' },
  ofService: { name: 'metrics-of-service' },
  merge: async (parts) => withRatios(await aggregated(parts), parts.flat()),
  remains: (part) => part.filter(({ type }) => CUMULATIVE.includes(type)),
};

async function aggregated(parts: readonly ProcessMetrics[]): Promise<ProcessMetrics> {
  return await AggregatorRegistry.aggregate(parts.map((part) => [...part])).getMetricsAsJSON();
}

/** A ratio cannot be aggregated; what it is the ratio of can. */
function withRatios(metrics: ProcessMetrics, ofProcesses: ProcessMetrics): ProcessMetrics {
  const ratios = new Map(ofProcesses.map(({ name, ratioOf }) => [name, ratioOf]));
  return metrics.map((metric) => {
    const ratioOf = ratios.get(metric.name);
    if (ratioOf === undefined) return metric;
    const counted = metrics.find(({ name }) => name === ratioOf.counter)?.values ?? [];
    return { ...metric, ratioOf, values: [{ labels: {}, value: ratio(counted, ratioOf.labels) }] };
  });
}
