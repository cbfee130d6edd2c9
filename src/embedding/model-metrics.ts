import { Logger } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import type { CounterSeries, HistogramSeries, HotCounter, HotHistogram } from '../metrics/index.js';
import { traceIds } from '../tracing/index.js';
import { cacheStateOf, type CacheState } from './cache-state.js';
import type { InferenceObserver } from './local/inference/inference-observer.port.js';
import type { ProcessLostError } from './local/inference/inference-process.js';
import { STAGES, type Stage, type StageTimes } from './stage-times.js';

/** The metrics that are counted by model. */
export interface EmbeddingSeries {
  readonly requests: HotCounter;
  readonly latency: HotHistogram;
  readonly batchSize: HotHistogram;
  readonly stageSeconds: HotHistogram;
  readonly texts: HotCounter;
  readonly tokens: Counter<'model'>;
  readonly groupTexts: Histogram<'model'>;
  readonly wideRuns: Counter<'model'>;
  readonly workerRestarts: Counter<'model' | 'reason'>;
  readonly droppedTexts: Counter<'model'>;
}

interface AnsweredRequest {
  readonly texts: number;
  readonly cachedTexts: number;
  readonly stages: StageTimes;
}

/** Counts the requests for one model and the work of its inference, and logs what an operator should know. */
export class ModelMetrics implements InferenceObserver {
  private readonly logger = new Logger('Inference');
  private readonly requestsOf: Record<CacheState | 'error', CounterSeries>;
  private readonly textsOf: Record<'hit' | 'miss', CounterSeries>;
  private readonly stageOf: Record<Stage, HistogramSeries>;
  private readonly batchSize: HistogramSeries;
  private readonly latency: HistogramSeries;

  constructor(
    private readonly model: string,
    private readonly series: EmbeddingSeries,
  ) {
    const { requests, texts, stageSeconds, batchSize, latency } = series;
    this.requestsOf = {
      hit: requests.labels({ model, status: 'success', cached: 'true' }),
      partial: requests.labels({ model, status: 'success', cached: 'partial' }),
      miss: requests.labels({ model, status: 'success', cached: 'false' }),
      error: requests.labels({ model, status: 'error', cached: 'false' }),
    };
    this.textsOf = { hit: texts.labels({ model, cached: 'true' }), miss: texts.labels({ model, cached: 'false' }) };
    this.stageOf = Object.fromEntries(STAGES.map((stage) => [stage, stageSeconds.labels({ model, stage })])) as typeof this.stageOf;
    this.batchSize = batchSize.labels({ model });
    this.latency = latency.labels({ model });
    this.startCounters();
  }

  /** The texts of this process since its start. */
  get cacheUse(): { readonly hits: number; readonly misses: number } {
    return { hits: this.textsOf.hit.total, misses: this.textsOf.miss.total };
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

  requestTook(milliseconds: number): void {
    this.latency.observe(milliseconds / 1000, traceIds());
  }

  modelOpened(lines: readonly string[]): void {
    this.logger.log(lines.join('; '));
  }

  modelIsMade(line: string): void {
    this.logger.log(line);
  }

  tokenizerIsLarge(bytes: number): void {
    this.logger.log(`Opening a tokenizer of ${Math.round(bytes / 2 ** 20)} MiB, which takes some seconds`);
  }

  ranWide(): void {
    this.series.wideRuns.inc({ model: this.model });
  }

  groupFinished(texts: number, tokens: number): void {
    this.series.groupTexts.observe({ model: this.model }, texts);
    this.series.tokens.inc({ model: this.model }, tokens);
  }

  processLost({ reason, message }: ProcessLostError): void {
    this.series.workerRestarts.inc({ model: this.model, reason });
    this.logger.warn(`Replacing an inference process of ${this.model}: ${message}`);
  }

  processFailedToLoad(message: string): void {
    this.series.workerRestarts.inc({ model: this.model, reason: 'load' });
    this.logger.error(`An inference process of ${this.model} cannot load the model, trying again: ${message}`);
  }

  textsDropped(count: number): void {
    this.series.droppedTexts.inc({ model: this.model }, count);
  }

  /** A series with labels would be left out until something is counted. */
  private startCounters(): void {
    const { model, series } = this;
    for (const counter of [series.tokens, series.wideRuns, series.droppedTexts]) counter.inc({ model }, 0);
    for (const reason of ['exit', 'deadline', 'memory', 'load']) series.workerRestarts.inc({ model, reason }, 0);
  }
}
