import { Inject, Injectable } from '@nestjs/common';
import { KeyUsage } from '../auth/index.js';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { EMBEDDING_PROVIDER, EmbeddingMetrics, type EmbeddingProvider } from '../embedding/index.js';
import { QueueTotals } from '../queue/index.js';
import type { ProcessStats } from './process-stats.js';

@Injectable()
export class ProcessStatsService {
  constructor(
    @Inject(EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    private readonly metrics: EmbeddingMetrics,
    private readonly queue: QueueTotals,
    private readonly keys: KeyUsage,
  ) {}

  async read(): Promise<ProcessStats> {
    const { model, dimensions, provider, fingerprint } = this.provider.space;
    const { hits, misses } = this.metrics.cacheUse;
    const workload = this.provider.workload();
    const jobTexts = await this.queue.waitingTexts();
    return {
      served: { model, embedding_dim: dimensions, provider, space: fingerprint },
      cache: { ...(await this.cache.size()), hits, misses },
      queue: { ...workload, waiting: workload.waiting + jobTexts },
      keys: this.keys.read(),
      uptimeSeconds: process.uptime(),
    };
  }
}
