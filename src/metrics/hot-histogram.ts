import type { Exemplar } from '../process/index.js';
import { LabelledSeries, type Labels, type SeriesValue } from './labelled-series.js';

/** One time series of a histogram. */
export class HistogramSeries {
  sum = 0;
  /** Observations in each bucket, not cumulative. The last bucket has no upper bound. */
  readonly counts: Float64Array;

  /** The latest traced observation of each bucket. */
  readonly exemplars = new Map<number, Exemplar>();

  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** @param trace The ids of the trace that the observation belongs to. */
  observe(value: number, trace?: Exemplar['labelSet']): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? Infinity)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
    if (trace !== undefined) this.exemplars.set(bucket, { labelSet: { ...trace }, value, timestamp: Date.now() / 1000 });
  }
}

interface HotHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

/** A histogram of something that every request observes: see hot-metrics.providers.ts. */
export class HotHistogram {
  readonly name: string;
  private readonly series: LabelledSeries<HistogramSeries>;

  constructor(private readonly options: HotHistogramOptions) {
    this.name = options.name;
    this.series = new LabelledSeries(() => new HistogramSeries(options.buckets));
  }

  /** Returns the series of these labels. The caller keeps it. */
  labels(labels: Labels): HistogramSeries {
    return this.series.of(labels);
  }

  /** prom-client's registry calls this at a scrape. */
  get(): Promise<object> {
    const { name, help } = this.options;
    const values = this.series.values((series, labels) => this.valuesOf(series, labels));
    return Promise.resolve({ name, help, type: 'histogram', values, aggregator: 'sum' });
  }

  /** Buckets are cumulative (https://prometheus.io/docs/concepts/metric_types/#histogram). */
  private valuesOf({ counts, sum, exemplars }: HistogramSeries, labels: Labels): readonly SeriesValue[] {
    const { name, buckets } = this.options;
    let total = 0;
    const values: SeriesValue[] = [...buckets, '+Inf'].map((le, index) => ({
      metricName: `${name}_bucket`,
      labels: { le, ...labels },
      value: (total += counts[index] ?? 0),
      exemplar: exemplars.get(index),
    }));
    return [...values, { metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: total }];
  }
}
