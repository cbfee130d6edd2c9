import { LabelledSeries, type Labels, type SeriesValue } from './labelled-series.js';

/** One time series of a counter. */
export class CounterSeries {
  total = 0;

  inc(by = 1): void {
    this.total += by;
  }
}

interface CounterMetric {
  readonly values: readonly SeriesValue[];
}

/** A counter of something that happens in every request: see hot-metrics.providers.ts. */
export class HotCounter {
  private readonly series = new LabelledSeries(() => new CounterSeries());

  constructor(
    readonly name: string,
    private readonly help: string,
  ) {}

  /** Returns the series of these labels. The caller keeps it. */
  labels(labels: Labels): CounterSeries {
    return this.series.of(labels);
  }

  /** prom-client's registry calls this at a scrape. */
  get(): Promise<CounterMetric> {
    const values = this.series.values(({ total }, labels) => [{ labels, value: total }]);
    return Promise.resolve({ name: this.name, help: this.help, type: 'counter', values, aggregator: 'sum' });
  }
}
