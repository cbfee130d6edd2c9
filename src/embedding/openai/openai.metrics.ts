import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { OpenAiEmbeddingSettings } from '../../config/index.js';
import { EmbeddingMetrics } from '../embedding.metrics.js';
import { upstreamModel } from './upstream-model.js';
import { UpstreamMetrics, type UpstreamSeries } from './upstream-metrics.js';
import type { UpstreamObserver } from './upstream-observer.port.js';

const CALLS = 'embedding_upstream_calls_total';
const SECONDS = 'embedding_upstream_call_seconds';
const RETRIES = 'embedding_upstream_retries_total';
const TOKENS = 'embedding_upstream_tokens_total';
const COST = 'embedding_upstream_cost_dollars_total';
const CIRCUIT = 'embedding_upstream_circuit_open';

export const openAiMetricProviders = [
  makeCounterProvider({ name: CALLS, help: 'Calls of the provider of embeddings; each try counts', labelNames: ['model', 'outcome'] }),
  makeHistogramProvider({
    name: SECONDS,
    help: 'Seconds that a try took',
    labelNames: ['model'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
  }),
  makeCounterProvider({ name: RETRIES, help: 'Calls tried again', labelNames: ['model'] }),
  makeCounterProvider({ name: TOKENS, help: 'Tokens that the provider of embeddings has counted', labelNames: ['model'] }),
  makeCounterProvider({ name: COST, help: 'What those tokens cost, where the price is known', labelNames: ['model'] }),
  makeGaugeProvider({
    name: CIRCUIT,
    help: '1 = calls to the provider are paused for a while, because it has failed too often',
    labelNames: ['model'],
  }),
];

/** The metrics of all upstreams. They have no series while all vectors are computed on this machine. */
@Injectable()
export class OpenAiMetrics {
  private readonly series: UpstreamSeries;

  constructor(
    @InjectMetric(CALLS) calls: Counter<'model' | 'outcome'>,
    @InjectMetric(SECONDS) seconds: Histogram<'model'>,
    @InjectMetric(RETRIES) retries: Counter<'model'>,
    @InjectMetric(TOKENS) tokens: Counter<'model'>,
    @InjectMetric(COST) cost: Counter<'model'>,
    @InjectMetric(CIRCUIT) circuit: Gauge<'model'>,
    private readonly metrics: EmbeddingMetrics,
  ) {
    this.series = { calls, seconds, retries, tokens, cost, circuit };
  }

  /** The observer of the upstream of this model. */
  of(model: string, settings: OpenAiEmbeddingSettings): UpstreamObserver {
    const { dollarsPerMillionTokens } = upstreamModel(settings);
    return new UpstreamMetrics({ model, dollarsPerMillionTokens, series: this.series, metrics: this.metrics.of(model) });
  }
}
