import { Logger } from '@nestjs/common';
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { ModelMetrics } from '../model-metrics.js';
import { OUTCOMES, type Outcome } from './upstream-error.js';
import type { UpstreamObserver } from './upstream-observer.port.js';

export interface UpstreamSeries {
  readonly calls: Counter<'model' | 'outcome'>;
  readonly seconds: Histogram<'model'>;
  readonly retries: Counter<'model'>;
  readonly tokens: Counter<'model'>;
  readonly cost: Counter<'model'>;
  readonly circuit: Gauge<'model'>;
}

interface UpstreamMetricsOptions {
  readonly model: string;
  /** Undefined = unknown, so costs are not counted. */
  readonly dollarsPerMillionTokens: number | undefined;
  readonly series: UpstreamSeries;
  readonly metrics: ModelMetrics;
}

/** Counts calls of the upstream of one model, and their costs. */
export class UpstreamMetrics implements UpstreamObserver {
  private readonly logger = new Logger('Upstream');
  private readonly labels: { readonly model: string };

  constructor(private readonly options: UpstreamMetricsOptions) {
    const { model, dollarsPerMillionTokens: price, series } = options;
    this.labels = { model };
    for (const outcome of OUTCOMES) series.calls.inc({ model, outcome }, 0);
    for (const counter of [series.retries, series.tokens]) counter.inc({ model }, 0);
    if (price !== undefined) series.cost.inc({ model }, 0);
    series.circuit.set({ model }, 0);
  }

  callFinished(outcome: Outcome, milliseconds: number): void {
    const { series, model } = this.options;
    series.calls.inc({ model, outcome });
    series.seconds.observe(this.labels, milliseconds / 1000);
  }

  textsComputed(texts: number, tokens: number): void {
    const { series, metrics, dollarsPerMillionTokens: price } = this.options;
    metrics.groupFinished(texts, tokens);
    series.tokens.inc(this.labels, tokens);
    if (price !== undefined) series.cost.inc(this.labels, (tokens * price) / 1_000_000);
  }

  callRetried(): void {
    this.options.series.retries.inc(this.labels);
  }

  circuitOpened(forMs: number): void {
    this.options.series.circuit.set(this.labels, 1);
    this.logger.warn(`The provider of ${this.options.model} has failed too often: calls to it are paused for ${forMs} ms`);
  }

  circuitClosed(): void {
    this.options.series.circuit.set(this.labels, 0);
    this.logger.log(`The provider of ${this.options.model} answers again`);
  }

  textsDropped(count: number): void {
    this.options.metrics.textsDropped(count);
  }
}
