import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../../config/index.js';
import { EmbeddingMetrics } from '../embedding.metrics.js';
import { OUTCOMES, type Outcome } from './upstream-error.js';
import { upstreamModel } from './upstream-model.js';
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

/** Counts calls of the upstream and their costs; has no series while vectors are computed locally. */
@Injectable()
export class OpenAiMetrics implements UpstreamObserver {
  private readonly logger = new Logger('Upstream');
  private readonly model: string;
  private readonly dollarsPerToken: number | undefined;

  constructor(
    @InjectMetric(CALLS) private readonly calls: Counter<'model' | 'outcome'>,
    @InjectMetric(SECONDS) private readonly seconds: Histogram<'model'>,
    @InjectMetric(RETRIES) private readonly retries: Counter<'model'>,
    @InjectMetric(TOKENS) private readonly tokens: Counter<'model'>,
    @InjectMetric(COST) private readonly cost: Counter<'model'>,
    @InjectMetric(CIRCUIT) private readonly circuit: Gauge<'model'>,
    @Inject(EMBEDDING_SETTINGS) settings: EmbeddingSettings,
    private readonly metrics: EmbeddingMetrics,
  ) {
    const { model } = settings;
    this.model = model;
    if (settings.provider === 'local') return;
    const { dollarsPerMillionTokens: price } = upstreamModel(settings);
    this.dollarsPerToken = price === undefined ? undefined : price / 1_000_000;
    for (const outcome of OUTCOMES) calls.inc({ model, outcome }, 0);
    for (const counter of price === undefined ? [retries, tokens] : [retries, tokens, cost]) counter.inc({ model }, 0);
    circuit.set({ model }, 0);
  }

  callFinished(outcome: Outcome, milliseconds: number): void {
    this.calls.inc({ model: this.model, outcome });
    this.seconds.observe({ model: this.model }, milliseconds / 1000);
  }

  textsComputed(texts: number, tokens: number): void {
    this.metrics.groupFinished(texts, tokens);
    this.tokens.inc({ model: this.model }, tokens);
    if (this.dollarsPerToken !== undefined) this.cost.inc({ model: this.model }, tokens * this.dollarsPerToken);
  }

  callRetried(): void {
    this.retries.inc({ model: this.model });
  }

  circuitOpened(forMs: number): void {
    this.circuit.set({ model: this.model }, 1);
    this.logger.warn(`The provider of embeddings has failed too often: calls to it are paused for ${forMs} ms`);
  }

  circuitClosed(): void {
    this.circuit.set({ model: this.model }, 0);
    this.logger.log('The provider of embeddings answers again');
  }

  textsDropped(count: number): void {
    this.metrics.textsDropped(count);
  }
}
