import { Inject, Injectable } from '@nestjs/common';
import { KeyUsage } from '../auth/index.js';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { EmbeddingMetrics, Models, type ServedModel } from '../embedding/index.js';
import { QueueTotals } from '../queue/index.js';
import type { ModelProcessStats, ProcessStats } from './process-stats.js';

@Injectable()
export class ProcessStatsService {
  constructor(
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    private readonly models: Models,
    private readonly metrics: EmbeddingMetrics,
    private readonly queue: QueueTotals,
    private readonly keys: KeyUsage,
  ) {}

  async read(): Promise<ProcessStats> {
    const workload = this.models.workload();
    const jobTexts = await this.queue.waitingTexts();
    return {
      models: this.models.all.map((model) => this.statsOf(model)),
      cache: await this.cache.size(),
      queue: { ...workload, waiting: workload.waiting + jobTexts },
      keys: this.keys.read(),
      uptimeSeconds: process.uptime(),
    };
  }

  private statsOf({ name, space, provider }: ServedModel): ModelProcessStats {
    const { dimensions, fingerprint } = space;
    return {
      served: { model: name, embedding_dim: dimensions, provider: space.provider, space: fingerprint },
      state: provider.state(),
      use: this.metrics.of(name).cacheUse,
      workload: provider.workload(),
    };
  }
}
