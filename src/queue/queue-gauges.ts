import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { QUEUE_SETTINGS, type QueueSettings } from '../config/index.js';
import { collectWith, EmbeddingGauges } from '../embedding/index.js';
import { JOB_STATUSES } from './job.js';
import { JOB_QUEUE, type JobQueue } from './runner/job-queue.port.js';
import { JobWorker } from './runner/job-worker.js';
import { JOB_STORE, type JobStore, type JobTotals } from './store/job-store.port.js';
import { withinMs } from './within-ms.js';

const JOBS = 'embedding_jobs';
const CHUNKS = 'embedding_job_chunks';
const PENDING = 'embedding_job_pending_texts';
const OLDEST = 'embedding_job_oldest_queued_seconds';
const STORE_UP = 'embedding_job_store_up';
/** A scrape must not wait for a store that does not answer. */
const PATIENCE_MS = 1_000;

export const queueGaugeProviders = [
  makeGaugeProvider({
    name: JOBS,
    help: 'Jobs that are kept, by status; the same in every process of a queue',
    aggregator: 'max',
    labelNames: ['status'],
  }),
  makeGaugeProvider({
    name: CHUNKS,
    help: 'Chunks in line, by state; the same in every process of a queue',
    aggregator: 'max',
    labelNames: ['state'],
  }),
  makeGaugeProvider({
    name: PENDING,
    help: 'Texts of jobs that have no result yet; the same in every process of a queue',
    aggregator: 'max',
  }),
  makeGaugeProvider({ name: OLDEST, help: 'How long the oldest job waits of which nothing was begun; 0 = none waits', aggregator: 'max' }),
  makeGaugeProvider({ name: STORE_UP, help: 'Whether the store of jobs answers', aggregator: 'min' }),
];

/** What is read of the queue when somebody looks. */
@Injectable()
export class QueueGauges implements OnModuleInit {
  private asked: Promise<JobTotals | undefined> | undefined;

  constructor(
    @InjectMetric(JOBS) private readonly jobs: Gauge<'status'>,
    @InjectMetric(CHUNKS) private readonly chunks: Gauge<'state'>,
    @InjectMetric(PENDING) private readonly pending: Gauge,
    @InjectMetric(OLDEST) private readonly oldest: Gauge,
    @InjectMetric(STORE_UP) private readonly storeUp: Gauge,
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(QUEUE_SETTINGS) private readonly settings: QueueSettings,
    private readonly worker: JobWorker,
    private readonly embedding: EmbeddingGauges,
  ) {}

  onModuleInit(): void {
    this.embedding.addWaiting(async () => await this.waitingTexts());
    collectWith(this.storeUp, async (gauge) => gauge.set((await this.totals()) === undefined ? 0 : 1));
    collectWith(this.pending, async (gauge) => gauge.set((await this.totals())?.pendingTexts ?? 0));
    collectWith(this.oldest, async (gauge) => {
      const { oldestQueuedAt } = (await this.totals()) ?? {};
      gauge.set(oldestQueuedAt === undefined ? 0 : (Date.now() - oldestQueuedAt) / 1000);
    });
    collectWith(this.jobs, async (gauge) => {
      const { jobs } = (await this.totals()) ?? {};
      for (const status of JOB_STATUSES) gauge.set({ status }, jobs?.[status] ?? 0);
    });
    collectWith(this.chunks, async (gauge) => {
      const counts = await withinMs(PATIENCE_MS, this.queue.counts());
      for (const state of ['waiting', 'active', 'delayed'] as const) gauge.set({ state }, counts?.[state] ?? 0);
    });
  }

  /** Texts of jobs that wait, without those that this process has at hand: they are counted where they wait now. */
  async waitingTexts(): Promise<number> {
    if (!this.settings.countsWaiting) return 0;
    const { pendingTexts = 0 } = (await this.totals()) ?? {};
    return Math.max(0, pendingTexts - this.worker.textsUnderway);
  }

  /** All gauges of a scrape ask at the same time, and get the same answer; undefined = the store does not answer. */
  private async totals(): Promise<JobTotals | undefined> {
    this.asked ??= withinMs(PATIENCE_MS, this.store.totals()).finally(() => (this.asked = undefined));
    return await this.asked;
  }
}
