import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { HotCounter, HotHistogram, makeHotCounterProvider, makeHotHistogramProvider, makeHotRatioProvider } from '../metrics/index.js';
import { ModelMetrics, type EmbeddingSeries } from './model-metrics.js';

const REQUESTS = 'embedding_requests_total';
const LATENCY = 'embedding_latency_seconds';
const BATCH_SIZE = 'embedding_batch_size';
const STAGE = 'embedding_stage_seconds';
const TEXTS = 'embedding_texts_total';
const HIT_RATE = 'embedding_cache_hit_rate';
const TOKENS = 'embedding_tokens_total';
const GROUP_TEXTS = 'embedding_group_texts';
const WIDE_RUNS = 'embedding_wide_runs_total';
const WORKER_RESTARTS = 'embedding_worker_restarts_total';
const DROPPED_TEXTS = 'embedding_dropped_texts_total';

const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const embeddingMetricProviders = [
  makeHotCounterProvider({ name: REQUESTS, help: 'Requests for embeddings, failed ones too' }),
  makeHotHistogramProvider({ name: LATENCY, help: 'Seconds that a request for embeddings took', buckets: LATENCY_BUCKETS }),
  makeHotHistogramProvider({ name: BATCH_SIZE, help: 'Texts in a request', buckets: [1, 2, 4, 8, 16, 32, 64, 100, 256, 512, 1024, 2048] }),
  makeHotHistogramProvider({
    name: STAGE,
    help: 'Seconds that the slowest text of a request spent in a stage',
    buckets: [0.00005, 0.0001, 0.00025, ...LATENCY_BUCKETS],
  }),
  makeHotCounterProvider({ name: TEXTS, help: 'Texts answered' }),
  makeHotRatioProvider({
    name: HIT_RATE,
    help: 'Share of the texts answered from the cache, since the start, 0 to 1',
    of: TEXTS,
    labels: { cached: 'true' },
  }),
  makeCounterProvider({ name: TOKENS, help: 'Tokens that the model read', labelNames: ['model'] }),
  makeHistogramProvider({
    name: GROUP_TEXTS,
    help: 'Texts that ran through the model together',
    labelNames: ['model'],
    buckets: [1, 2, 4, 8, 16, 32],
  }),
  makeCounterProvider({ name: WIDE_RUNS, help: 'Groups that ran on all cores, because nothing else waited', labelNames: ['model'] }),
  makeCounterProvider({ name: WORKER_RESTARTS, help: 'Inference processes replaced, by reason', labelNames: ['model', 'reason'] }),
  makeCounterProvider({ name: DROPPED_TEXTS, help: 'Texts not computed because their caller has left', labelNames: ['model'] }),
];

/** Counts the requests of callers and the work of inference, for each model of the configuration. */
@Injectable()
export class EmbeddingMetrics {
  private readonly logger = new Logger('Inference');
  private readonly series: EmbeddingSeries;
  private readonly models = new Map<string, ModelMetrics>();
  private requestsInFlight = 0;

  constructor(
    @InjectMetric(REQUESTS) requests: HotCounter,
    @InjectMetric(LATENCY) latency: HotHistogram,
    @InjectMetric(BATCH_SIZE) batchSize: HotHistogram,
    @InjectMetric(STAGE) stageSeconds: HotHistogram,
    @InjectMetric(TEXTS) texts: HotCounter,
    @InjectMetric(TOKENS) tokens: Counter<'model'>,
    @InjectMetric(GROUP_TEXTS) groupTexts: Histogram<'model'>,
    @InjectMetric(WIDE_RUNS) wideRuns: Counter<'model'>,
    @InjectMetric(WORKER_RESTARTS) workerRestarts: Counter<'model' | 'reason'>,
    @InjectMetric(DROPPED_TEXTS) droppedTexts: Counter<'model'>,
  ) {
    this.series = { requests, latency, batchSize, stageSeconds, texts, tokens, groupTexts, wideRuns, workerRestarts, droppedTexts };
  }

  /** Those of a model; its name must be one of the configuration, so that labels stay few. */
  of(model: string): ModelMetrics {
    let metrics = this.models.get(model);
    if (metrics === undefined) this.models.set(model, (metrics = new ModelMetrics(model, this.series)));
    return metrics;
  }

  get inFlight(): number {
    return this.requestsInFlight;
  }

  requestStarted(): void {
    this.requestsInFlight++;
  }

  requestEnded(): void {
    this.requestsInFlight--;
  }

  /** @param setting The one that names the file of vectors. */
  vectorsCompared(setting: string, result: string): void {
    this.logger.log(`${setting}: ${result}`);
  }
}
