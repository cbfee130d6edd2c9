import type { HotCounter } from './hot-counter.js';
import type { Labels } from './labelled-series.js';

export interface HotRatioOptions {
  readonly name: string;
  readonly help: string;
  readonly of: HotCounter;
  /** Of the series that are counted as the part. */
  readonly labels: Labels;
}

/** A gauge, 0 to 1: what part of a counter has these labels. Of several processes it is the ratio of their sums. */
export class HotRatio {
  readonly name: string;

  constructor(private readonly options: HotRatioOptions) {
    this.name = options.name;
  }

  /** What prom-client's registry asks for at a scrape. */
  async get(): Promise<object> {
    const { name, help, of, labels } = this.options;
    const { values } = await of.get();
    const ratioOf = { counter: of.name, labels };
    return { name, help, type: 'gauge', values: [{ labels: {}, value: ratio(values, labels) }], aggregator: 'first', ratioOf };
  }
}

interface Value {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly value: number;
}

/** 0 where nothing was counted. */
export function ratio(values: readonly Value[], wanted: Labels): number {
  const all = values.reduce((sum, { value }) => sum + value, 0);
  const part = values.filter(({ labels }) => Object.entries(wanted).every(([name, value]) => labels[name] === value));
  return all === 0 ? 0 : part.reduce((sum, { value }) => sum + value, 0) / all;
}
