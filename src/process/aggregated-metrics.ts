import { AggregatorRegistry, register, type MetricObjectWithValues, type MetricValue } from 'prom-client';

/** One observation of a bucket, and the trace that it belongs to. */
export interface Exemplar {
  readonly labelSet: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

interface SeriesValue extends MetricValue<string> {
  readonly metricName?: string;
  /** null = prom-client has none. */
  readonly exemplar?: Exemplar | null | undefined;
}

/** A metric as prom-client's registry gives it, or one of this service's own: src/metrics/hot-ratio.ts and hot-histogram.ts. */
interface ProcessMetric extends MetricObjectWithValues<SeriesValue> {
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

/** The metrics of several processes as those of one. Each metric names its own aggregator: sum, max, min, ... */
export async function merged(parts: readonly ProcessMetrics[]): Promise<ProcessMetrics> {
  const metrics: ProcessMetrics = await AggregatorRegistry.aggregate(parts.map((part) => [...part])).getMetricsAsJSON();
  return metrics.map((metric) => {
    const sources = parts.flatMap((part) => part.filter(({ name }) => name === metric.name));
    const ratios = sources.flatMap(({ ratio }) => ratio ?? []);
    return ratios.length === 0 ? withExemplars(metric, sources) : withRatio(metric, ratios);
  });
}

/** The part of a process's metrics that still counts when the process has ended: a counter that falls looks like a restart. */
export function remainsOf(metrics: ProcessMetrics): ProcessMetrics {
  return metrics.filter(({ type, ratio }) => CUMULATIVE.includes(type) || ratio !== undefined);
}

/** prom-client adds values up without their exemplars. The latest of each series is kept. */
function withExemplars(metric: ProcessMetric, sources: readonly ProcessMetric[]): ProcessMetric {
  const latest = new Map<string, Exemplar>();
  for (const value of sources.flatMap(({ values }) => values)) {
    const key = seriesKey(value);
    const { exemplar } = value;
    if (exemplar && exemplar.timestamp >= (latest.get(key)?.timestamp ?? 0)) latest.set(key, exemplar);
  }
  if (latest.size === 0) return metric;
  return { ...metric, values: metric.values.map((value) => ({ ...value, exemplar: latest.get(seriesKey(value)) })) };
}

function seriesKey({ metricName, labels }: ProcessMetric['values'][number]): string {
  return JSON.stringify([metricName, labels]);
}

function withRatio(metric: ProcessMetric, ratios: readonly Ratio[]): ProcessMetric {
  const part = ratios.reduce((sum, ratio) => sum + ratio.part, 0);
  const whole = ratios.reduce((sum, ratio) => sum + ratio.whole, 0);
  return { ...metric, ratio: { part, whole }, values: [{ labels: {}, value: whole === 0 ? 0 : part / whole }] };
}
