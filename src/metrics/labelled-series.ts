import type { Exemplar } from '../process/index.js';

export type Labels = Readonly<Record<string, string | number>>;

/** The time series of one metric. There is one for each set of labels, made when it is first used. */
export class LabelledSeries<S> {
  private readonly byLabels = new Map<string, { readonly labels: Labels; readonly series: S }>();

  constructor(private readonly create: () => S) {}

  of(labels: Labels): S {
    const key = JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));
    let entry = this.byLabels.get(key);
    if (entry === undefined) this.byLabels.set(key, (entry = { labels, series: this.create() }));
    return entry.series;
  }

  /** Reads every series with `read`, in the form that prom-client's registry takes. */
  values(read: (series: S, labels: Labels) => readonly SeriesValue[]): readonly SeriesValue[] {
    return [...this.byLabels.values()].flatMap(({ labels, series }) => read(series, labels));
  }
}

export interface SeriesValue {
  readonly labels: Labels;
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
  /** Set if it differs from the metric's own name. */
  readonly metricName?: string;
}
