import type { ProcessMetrics } from '../process/index.js';

const EVERY_MS = 10_000;
const MOST_SAMPLES = 360;

/**
 * The series that are kept, and the label by which each stays apart; series that differ in other labels are added up. All
 * are bounded: a sample has some thirty numbers, whatever the number of models, routes and callers is.
 */
const KEPT: ReadonlyMap<string, string | undefined> = new Map([
  ['process_start_time_seconds', undefined],
  ['embedding_requests_total', undefined],
  ['embedding_latency_seconds_bucket', 'le'],
  ['embedding_texts_total', 'cached'],
  ['embedding_cache_hit_rate', undefined],
  ['embedding_job_texts_total', undefined],
  ['embedding_tokens_total', undefined],
  ['rate_limited_requests_total', undefined],
  ['embedding_queue_size', undefined],
  ['embedding_in_flight_requests', undefined],
  ['embedding_workers', 'state'],
]);

/** The names of the metrics that a history reads. */
export const KEPT_METRICS: readonly string[] = [...KEPT.keys()].map((name) => name.replace(/_bucket$/, ''));

/** The kept samples by series. Times are seconds since the epoch, the oldest first. */
export interface KeptMetrics {
  readonly interval_seconds: number;
  /** The service's clock at this answer, because the reader's may differ. */
  readonly now: number;
  readonly times: readonly number[];
  /** A value for each time, by the series as Prometheus writes it: `name` or `name{label="value"}`. Null = the series did not exist yet. */
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

/** Keeps the metrics of the last hour in memory, sampled every ten seconds. A reading that fails leaves a gap. */
export class MetricsHistory {
  private readonly times: number[] = [];
  private readonly series = new Map<string, (number | null)[]>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly read: () => Promise<ProcessMetrics>,
    /** Milliseconds since the epoch. */
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes a sample now, and then regularly until `stop`. */
  start(): void {
    void this.sample();
    this.timer = setInterval(() => void this.sample(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Never rejects. */
  async sample(): Promise<void> {
    let metrics: ProcessMetrics;
    try {
      metrics = await this.read();
    } catch {
      return;
    }
    const sums = sumsIn(metrics);
    for (const name of sums.keys())
      if (!this.series.has(name))
        this.series.set(
          name,
          this.times.map(() => null),
        );
    this.times.push(this.now() / 1000);
    for (const [name, values] of this.series) values.push(sums.get(name) ?? null);
    if (this.times.length <= MOST_SAMPLES) return;
    this.times.shift();
    for (const values of this.series.values()) values.shift();
  }

  kept(): KeptMetrics {
    return {
      interval_seconds: EVERY_MS / 1000,
      now: this.now() / 1000,
      times: this.times,
      series: Object.fromEntries(this.series),
    };
  }
}

function sumsIn(metrics: ProcessMetrics): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { name, values } of metrics) {
    for (const { metricName = name, labels, value } of values) {
      if (!KEPT.has(metricName)) continue;
      const label = KEPT.get(metricName);
      const series = label === undefined ? metricName : `${metricName}{${label}="${labels[label] ?? ''}"}`;
      sums.set(series, (sums.get(series) ?? 0) + value);
    }
  }
  return sums;
}
