import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { InferenceObserver } from './inference/inference-observer.port.js';
import type { ProcessLostError } from './inference/inference-process.js';
import { STAGES, type Stage, type StageTimes } from './stage-times.js';

const REQUESTS = 'embedding_requests_total';
const LATENCY = 'embedding_latency_seconds';
const BATCH_SIZE = 'embedding_batch_size';
const STAGE = 'embedding_stage_seconds';
const TEXTS = 'embedding_texts_total';
const TOKENS = 'embedding_tokens_total';
const IN_FLIGHT = 'embedding_in_flight_requests';
const GROUP_TEXTS = 'embedding_group_texts';
const WORKER_RESTARTS = 'embedding_worker_restarts_total';
const DROPPED_TEXTS = 'embedding_dropped_texts_total';

const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const embeddingMetricProviders = [
  makeCounterProvider({ name: REQUESTS, help: 'Requests for embeddings, failed ones too', labelNames: ['status', 'cached'] }),
  makeHistogramProvider({
    name: LATENCY,
    help: 'Seconds that a request for embeddings took',
    labelNames: ['model'],
    buckets: LATENCY_BUCKETS,
  }),
  makeHistogramProvider({ name: BATCH_SIZE, help: 'Texts in a request', buckets: [1, 2, 4, 8, 16, 32, 64, 100, 256, 512, 1024, 2048] }),
  makeHistogramProvider({
    name: STAGE,
    help: 'Seconds that the slowest text of a request spent in a stage',
    labelNames: ['stage'],
    buckets: [0.00005, 0.0001, 0.00025, ...LATENCY_BUCKETS],
  }),
  makeCounterProvider({ name: TEXTS, help: 'Texts answered', labelNames: ['cached'] }),
  makeCounterProvider({ name: TOKENS, help: 'Tokens that the model read' }),
  makeGaugeProvider({ name: IN_FLIGHT, help: 'Requests for embeddings being answered' }),
  makeHistogramProvider({ name: GROUP_TEXTS, help: 'Texts that ran through the model together', buckets: [1, 2, 4, 8, 16, 32] }),
  makeCounterProvider({ name: WORKER_RESTARTS, help: 'Inference processes replaced, by what was wrong', labelNames: ['reason'] }),
  makeCounterProvider({ name: DROPPED_TEXTS, help: 'Texts not computed because their caller went away' }),
];

export interface AnsweredRequest {
  readonly texts: number;
  readonly cachedTexts: number;
  readonly stages: StageTimes;
}

/** Counts what callers ask and what inference does. */
@Injectable()
export class EmbeddingMetrics implements InferenceObserver {
  private readonly logger = new Logger('Inference');
  private hitTexts = 0;
  private missedTexts = 0;
  private readonly stageOf: Record<Stage, Histogram.Internal<'stage'>>;

  constructor(
    @InjectMetric(REQUESTS) private readonly requests: Counter<'status' | 'cached'>,
    @InjectMetric(LATENCY) private readonly latency: Histogram<'model'>,
    @InjectMetric(BATCH_SIZE) private readonly batchSize: Histogram,
    @InjectMetric(STAGE) stageSeconds: Histogram<'stage'>,
    @InjectMetric(TEXTS) private readonly texts: Counter<'cached'>,
    @InjectMetric(TOKENS) private readonly tokens: Counter,
    @InjectMetric(IN_FLIGHT) private readonly inFlight: Gauge,
    @InjectMetric(GROUP_TEXTS) private readonly groupTexts: Histogram,
    @InjectMetric(WORKER_RESTARTS) private readonly workerRestarts: Counter<'reason'>,
    @InjectMetric(DROPPED_TEXTS) private readonly droppedTexts: Counter,
  ) {
    // Looked up once: labels are hashed at every call otherwise.
    this.stageOf = Object.fromEntries(STAGES.map((stage) => [stage, stageSeconds.labels(stage)])) as typeof this.stageOf;
    // A counter without labels starts at 0 by itself; one with labels would be left out until something is counted.
    for (const reason of ['exit', 'deadline', 'memory', 'load']) workerRestarts.inc({ reason }, 0);
  }

  /** Of this process since its start, counted in texts. */
  get cacheUse(): { readonly hits: number; readonly misses: number; readonly hitRate: number } {
    const { hitTexts: hits, missedTexts: misses } = this;
    return { hits, misses, hitRate: hits + misses === 0 ? 0 : hits / (hits + misses) };
  }

  requestStarted(): void {
    this.inFlight.inc();
  }

  requestAnswered({ texts, cachedTexts, stages }: AnsweredRequest): void {
    const missed = texts - cachedTexts;
    this.requests.inc({ status: 'success', cached: missed === 0 ? 'true' : cachedTexts === 0 ? 'false' : 'partial' });
    this.batchSize.observe(texts);
    this.hitTexts += cachedTexts;
    this.missedTexts += missed;
    if (cachedTexts > 0) this.texts.inc({ cached: 'true' }, cachedTexts);
    if (missed > 0) this.texts.inc({ cached: 'false' }, missed);
    for (const stage of STAGES) if (stages[stage] > 0) this.stageOf[stage].observe(stages[stage] / 1000);
  }

  requestFailed(): void {
    this.requests.inc({ status: 'error', cached: 'false' });
  }

  requestEnded(model: string, milliseconds: number): void {
    this.inFlight.dec();
    this.latency.observe({ model }, milliseconds / 1000);
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
