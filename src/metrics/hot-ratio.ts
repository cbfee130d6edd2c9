import type { HotCounter } from './hot-counter.js';
import type { Labels, SeriesValue } from './labelled-series.js';

export interface HotRatioOptions {
  readonly name: string;
  readonly help: string;
  readonly of: HotCounter;
  /** The labels of the series that are the part. */
  readonly labels: Labels;
}

/** A gauge, 0 to 1: the part of a counter that has these labels. Of several processes it is the ratio of their sums. */
export class HotRatio {
  readonly name: string;

  constructor(private readonly options: HotRatioOptions) {
    this.name = options.name;
  }

  /** prom-client's registry calls this at a scrape. src/replicas/aggregated-metrics.ts reads `ratio`. */
  async get(): Promise<object> {
    const { name, help, of, labels } = this.options;
    const { values } = await of.get();
    const whole = sumOf(values);
    const part = sumOf(values.filter((series) => hasLabels(series.labels, labels)));
    const value = whole === 0 ? 0 : part / whole;
    return { name, help, type: 'gauge', values: [{ labels: {}, value }], aggregator: 'first', ratio: { part, whole } };
  }
}

function sumOf(values: readonly SeriesValue[]): number {
  return values.reduce((sum, { value }) => sum + value, 0);
}

function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}
