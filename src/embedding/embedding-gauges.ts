import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { PRIORITIES } from './embedding-provider.port.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { Models } from './models.js';

const QUEUE_SIZE = 'embedding_queue_size';
const QUEUE_OLDEST = 'embedding_queue_oldest_seconds';
const WORKERS = 'embedding_workers';
const MEMORY_BYTES = 'embedding_cache_memory_bytes';
const ENTRIES = 'embedding_cache_entries';
const IN_FLIGHT = 'embedding_in_flight_requests';

export const embeddingGaugeProviders = [
  makeGaugeProvider({
    name: QUEUE_SIZE,
    help: 'Texts that wait to be computed: of requests to this process, and of all jobs in its queue',
  }),
  makeGaugeProvider({
    name: QUEUE_OLDEST,
    help: 'How long the text that waits longest has waited',
    labelNames: ['priority', 'model'],
    aggregator: 'max',
  }),
  makeGaugeProvider({ name: WORKERS, help: 'Inference processes by state', labelNames: ['state', 'model'] }),
  makeGaugeProvider({ name: MEMORY_BYTES, help: 'Bytes of cached vectors in memory' }),
  makeGaugeProvider({ name: IN_FLIGHT, help: 'Requests for embeddings being answered' }),
  makeGaugeProvider({ name: ENTRIES, help: 'Cached vectors; with Redis, the keys of its database' }),
];

/** Gauges that are read at each scrape. */
@Injectable()
export class EmbeddingGauges implements OnModuleInit {
  private readonly waitingElsewhere: (() => Promise<number>)[] = [];

  constructor(
    @InjectMetric(QUEUE_SIZE) private readonly queueSize: Gauge,
    @InjectMetric(QUEUE_OLDEST) private readonly queueOldest: Gauge<'priority' | 'model'>,
    @InjectMetric(WORKERS) private readonly workers: Gauge<'state' | 'model'>,
    @InjectMetric(MEMORY_BYTES) private readonly memoryBytes: Gauge,
    @InjectMetric(ENTRIES) private readonly entries: Gauge,
    @InjectMetric(IN_FLIGHT) private readonly inFlight: Gauge,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    private readonly models: Models,
    private readonly metrics: EmbeddingMetrics,
  ) {}

  /** Texts that wait elsewhere to be computed count as waiting, too. */
  addWaiting(waiting: () => Promise<number>): void {
    this.waitingElsewhere.push(waiting);
  }

  onModuleInit(): void {
    collectWith(this.inFlight, (gauge) => gauge.set(this.metrics.inFlight));
    collectWith(this.queueSize, async (gauge) => gauge.set(await this.waitingTexts()));
    collectWith(this.queueOldest, (gauge) => {
      for (const { name: model, provider } of this.models.all)
        for (const priority of PRIORITIES) gauge.set({ priority, model }, provider.longestWaitMs(priority) / 1000);
    });
    collectWith(this.workers, (gauge) => {
      for (const { name: model, provider } of this.models.all) {
        const { starting, idle, busy } = provider.processCounts();
        gauge.set({ state: 'starting', model }, starting);
        gauge.set({ state: 'idle', model }, idle);
        gauge.set({ state: 'busy', model }, busy);
      }
    });
    collectWith(this.memoryBytes, async (gauge) => gauge.set((await this.cache.size()).memoryBytes));
    collectWith(this.entries, async (gauge) => {
      const { entries, areShared } = await this.cache.size();
      Object.assign(gauge, { aggregator: areShared ? 'max' : 'sum' });
      gauge.set(entries);
    });
  }

  private async waitingTexts(): Promise<number> {
    const { waiting, delayed } = this.models.workload();
    const elsewhere = await Promise.all(this.waitingElsewhere.map(async (count) => await count()));
    return elsewhere.reduce((sum, count) => sum + count, waiting + delayed);
  }
}

/** prom-client calls `collect` before each scrape, but takes it only from the constructor, where nothing can be injected. */
export function collectWith<L extends string>(gauge: Gauge<L>, collect: (gauge: Gauge<L>) => unknown): void {
  Object.assign(gauge, { collect: () => collect(gauge) });
}
