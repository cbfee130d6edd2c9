import { Inject, Injectable, type FactoryProvider, type OnModuleInit } from '@nestjs/common';
import { getToken, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { collectWith, EmbeddingGauges } from '../embedding/index.js';
import { JOB_STATUSES } from './job.js';
import { QueueTotals } from './queue-totals.js';

const JOBS = 'embedding_jobs';
const CHUNKS = 'embedding_job_chunks';
const PENDING = 'embedding_job_pending_texts';
const OLDEST = 'embedding_job_oldest_queued_seconds';
const STORE_UP = 'embedding_job_store_up';

const QUEUE_GAUGE_SET = Symbol('QUEUE_GAUGE_SET');

/** The gauges by what they show, so that they are injected as one. */
interface QueueGaugeSet {
  readonly jobs: Gauge<'status'>;
  readonly chunks: Gauge<'state'>;
  readonly pending: Gauge;
  readonly oldest: Gauge;
  readonly storeUp: Gauge;
}

const queueGaugeSetProvider: FactoryProvider<QueueGaugeSet> = {
  provide: QUEUE_GAUGE_SET,
  inject: [JOBS, CHUNKS, PENDING, OLDEST, STORE_UP].map((name) => getToken(name)),
  useFactory: (jobs: Gauge<'status'>, chunks: Gauge<'state'>, pending: Gauge, oldest: Gauge, storeUp: Gauge) => {
    return { jobs, chunks, pending, oldest, storeUp };
  },
};

export const queueGaugeProviders = [
  makeGaugeProvider({
    name: JOBS,
    help: 'Jobs that are kept, by status; the same in every process of a queue',
    aggregator: 'max',
    labelNames: ['status'],
  }),
  makeGaugeProvider({
    name: CHUNKS,
    help: 'Chunks in the queue, by state; the same in every process of a queue',
    aggregator: 'max',
    labelNames: ['state'],
  }),
  makeGaugeProvider({
    name: PENDING,
    help: 'Texts of jobs that have no result yet; the same in every process of a queue',
    aggregator: 'max',
  }),
  makeGaugeProvider({
    name: OLDEST,
    help: 'How long the oldest job has waited that has not begun; 0 = none waits',
    aggregator: 'max',
  }),
  makeGaugeProvider({ name: STORE_UP, help: 'Whether the store of jobs answers', aggregator: 'min' }),
  queueGaugeSetProvider,
];

/** Reads the state of the queue at each scrape. */
@Injectable()
export class QueueGauges implements OnModuleInit {
  constructor(
    @Inject(QUEUE_GAUGE_SET) private readonly gauges: QueueGaugeSet,
    private readonly totals: QueueTotals,
    private readonly embedding: EmbeddingGauges,
  ) {}

  onModuleInit(): void {
    const { jobs, chunks, pending, oldest, storeUp } = this.gauges;
    this.embedding.addWaiting(async () => await this.totals.waitingTexts());
    collectWith(storeUp, async (gauge) => gauge.set((await this.totals.jobs()) === undefined ? 0 : 1));
    collectWith(pending, async (gauge) => gauge.set((await this.totals.jobs())?.pendingTexts ?? 0));
    collectWith(oldest, async (gauge) => {
      const { oldestQueuedAt } = (await this.totals.jobs()) ?? {};
      gauge.set(oldestQueuedAt === undefined ? 0 : (Date.now() - oldestQueuedAt) / 1000);
    });
    collectWith(jobs, async (gauge) => {
      const totals = await this.totals.jobs();
      for (const status of JOB_STATUSES) gauge.set({ status }, totals?.jobs[status] ?? 0);
    });
    collectWith(chunks, async (gauge) => {
      const counts = await this.totals.chunks();
      for (const state of ['waiting', 'active', 'delayed'] as const) gauge.set({ state }, counts?.[state] ?? 0);
    });
  }
}
