import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import {
  HotCounter,
  HotHistogram,
  makeHotCounterProvider,
  makeHotHistogramProvider,
  makeHotRatioProvider,
  type CounterSeries,
  type HistogramSeries,
} from '../metrics/index.js';
import { cacheStateOf, type CacheState } from './cache-state.js';
import type { InferenceObserver } from './local/inference/inference-observer.port.js';
import type { ProcessLostError } from './local/inference/inference-process.js';
import { traceIds } from '../tracing/index.js';
import { STAGES, type Stage, type StageTimes } from './stage-times.js';

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
  makeCounterProvider({ name: TOKENS, help: 'Tokens that the model read' }),
  makeHistogramProvider({ name: GROUP_TEXTS, help: 'Texts that ran through the model together', buckets: [1, 2, 4, 8, 16, 32] }),
  makeCounterProvider({ name: WIDE_RUNS, help: 'Groups that ran on all cores, because nothing else waited' }),
  makeCounterProvider({ name: WORKER_RESTARTS, help: 'Inference processes replaced, by reason', labelNames: ['reason'] }),
  makeCounterProvider({ name: DROPPED_TEXTS, help: 'Texts not computed because their caller has left' }),
];

export interface AnsweredRequest {
  readonly texts: number;
  readonly cachedTexts: number;
  readonly stages: StageTimes;
}

/** Counts the requests of callers and the work of inference, and logs what an operator should know. */
@Injectable()
export class EmbeddingMetrics implements InferenceObserver {
  private readonly logger = new Logger('Inference');
  private readonly requestsOf: Record<CacheState | 'error', CounterSeries>;
  private readonly textsOf: Record<'hit' | 'miss', CounterSeries>;
  private readonly stageOf: Record<Stage, HistogramSeries>;
  private readonly batchSize: HistogramSeries;
  private readonly latencyOf = new Map<string, HistogramSeries>();
  private requestsInFlight = 0;

  constructor(
    @InjectMetric(REQUESTS) requests: HotCounter,
    @InjectMetric(LATENCY) private readonly latency: HotHistogram,
    @InjectMetric(BATCH_SIZE) batchSize: HotHistogram,
    @InjectMetric(STAGE) stageSeconds: HotHistogram,
    @InjectMetric(TEXTS) texts: HotCounter,
    @InjectMetric(TOKENS) private readonly tokens: Counter,
    @InjectMetric(GROUP_TEXTS) private readonly groupTexts: Histogram,
    @InjectMetric(WIDE_RUNS) private readonly wideRuns: Counter,
    @InjectMetric(WORKER_RESTARTS) private readonly workerRestarts: Counter<'reason'>,
    @InjectMetric(DROPPED_TEXTS) private readonly droppedTexts: Counter,
  ) {
    this.requestsOf = {
      hit: requests.labels({ status: 'success', cached: 'true' }),
      partial: requests.labels({ status: 'success', cached: 'partial' }),
      miss: requests.labels({ status: 'success', cached: 'false' }),
      error: requests.labels({ status: 'error', cached: 'false' }),
    };
    this.textsOf = { hit: texts.labels({ cached: 'true' }), miss: texts.labels({ cached: 'false' }) };
    this.stageOf = Object.fromEntries(STAGES.map((stage) => [stage, stageSeconds.labels({ stage })])) as typeof this.stageOf;
    this.batchSize = batchSize.labels({});
    // A counter without labels starts at 0 by itself; one with labels would be left out until something is counted.
    for (const reason of ['exit', 'deadline', 'memory', 'load']) workerRestarts.inc({ reason }, 0);
  }

  /** The texts of this process since its start. */
  get cacheUse(): { readonly hits: number; readonly misses: number } {
    return { hits: this.textsOf.hit.total, misses: this.textsOf.miss.total };
  }

  get inFlight(): number {
    return this.requestsInFlight;
  }

  requestStarted(): void {
    this.requestsInFlight++;
  }

  requestAnswered({ texts, cachedTexts, stages }: AnsweredRequest): void {
    this.requestsOf[cacheStateOf({ texts, cachedTexts })].inc();
    this.batchSize.observe(texts);
    this.textsOf.hit.inc(cachedTexts);
    this.textsOf.miss.inc(texts - cachedTexts);
    for (const stage of STAGES) if (stages[stage] > 0) this.stageOf[stage].observe(stages[stage] / 1000);
  }

  requestFailed(): void {
    this.requestsOf.error.inc();
  }

  requestEnded(model: string, milliseconds: number): void {
    this.requestsInFlight--;
    let latency = this.latencyOf.get(model);
    if (latency === undefined) this.latencyOf.set(model, (latency = this.latency.labels({ model })));
    latency.observe(milliseconds / 1000, traceIds());
  }

  modelOpened(lines: readonly string[]): void {
    this.logger.log(lines.join('; '));
  }

  vectorsCompared(result: string): void {
    this.logger.log(`EMBEDDING_CHECK: ${result}`);
  }

  modelIsMade(line: string): void {
    this.logger.log(line);
  }

  tokenizerIsLarge(bytes: number): void {
    this.logger.log(`Opening a tokenizer of ${Math.round(bytes / 2 ** 20)} MiB, which takes some seconds`);
  }

  ranWide(): void {
    this.wideRuns.inc();
  }

  groupFinished(texts: number, tokens: number): void {
    this.groupTexts.observe(texts);
    this.tokens.inc(tokens);
  }

  processLost({ reason, message }: ProcessLostError): void {
    this.workerRestarts.inc({ reason });
    this.logger.warn(`Replacing an inference process: ${message}`);
  }

  processFailedToLoad(message: string): void {
    this.workerRestarts.inc({ reason: 'load' });
    this.logger.error(`An inference process cannot load the model, trying again: ${message}`);
  }

  textsDropped(count: number): void {
    this.droppedTexts.inc(count);
  }
}
