import { AggregatorRegistry, register, type MetricObjectWithValues, type MetricValueWithName } from 'prom-client';

/** A metric as prom-client's registry gives it, or one of this service's own: src/metrics/hot-ratio.ts. */
interface ProcessMetric extends MetricObjectWithValues<MetricValueWithName<string>> {
  readonly ratio?: Ratio;
}

/** Two counts, so that the ratio of several processes is that of their sums. */
interface Ratio {
  readonly part: number;
  readonly whole: number;
}

/** All metrics of a process, or of several together. */
export type ProcessMetrics = readonly ProcessMetric[];

const CUMULATIVE: readonly unknown[] = ['counter', 'histogram', 'summary'];

export async function metricsOfThisProcess(): Promise<ProcessMetrics> {
  return await register.getMetricsAsJSON();
}

/** Some metrics of this process; the others are not collected. */
export async function metricsNamed(names: readonly string[]): Promise<ProcessMetrics> {
  const metrics = await Promise.all(names.map(async (name) => await register.getSingleMetric(name)?.get()));
  return metrics.filter((metric) => metric !== undefined);
}

/** Prometheus text. */
export async function textOf(metrics: ProcessMetrics): Promise<string> {
  return await aggregated([metrics]).metrics();
}

/** The metrics of several processes as those of one. Each metric names its own aggregator: sum, max, min, ... */
export async function merged(parts: readonly ProcessMetrics[]): Promise<ProcessMetrics> {
  const metrics: ProcessMetrics = await aggregated(parts).getMetricsAsJSON();
  return metrics.map((metric) => {
    const ratios = parts.flatMap((part) => part.find(({ name }) => name === metric.name)?.ratio ?? []);
    return ratios.length === 0 ? metric : withRatio(metric, ratios);
  });
}

/** The part of a process's metrics that still counts when the process has ended: a counter that falls looks like a restart. */
export function remainsOf(metrics: ProcessMetrics): ProcessMetrics {
  return metrics.filter(({ type, ratio }) => CUMULATIVE.includes(type) || ratio !== undefined);
}

function aggregated(parts: readonly ProcessMetrics[]): ReturnType<typeof AggregatorRegistry.aggregate> {
  return AggregatorRegistry.aggregate(parts.map((part) => [...part]));
}

function withRatio(metric: ProcessMetric, ratios: readonly Ratio[]): ProcessMetric {
  const part = ratios.reduce((sum, ratio) => sum + ratio.part, 0);
  const whole = ratios.reduce((sum, ratio) => sum + ratio.whole, 0);
  return { ...metric, ratio: { part, whole }, values: [{ labels: {}, value: whole === 0 ? 0 : part / whole }] };
}
