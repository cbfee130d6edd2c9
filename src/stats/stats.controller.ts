import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { EMBEDDING_PROVIDER, EmbeddingMetrics, type EmbeddingProvider } from '../embedding/index.js';
import { ApiErrors, COMMON_HEADERS } from '../http/index.js';
import { QueueGauges } from '../queue/index.js';
import { StatsResponse } from './stats.dto.js';

@ApiTags('operation')
@Controller('stats')
export class StatsController {
  constructor(
    @Inject(EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    private readonly metrics: EmbeddingMetrics,
    private readonly queue: QueueGauges,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What this process serves and how it is doing; constant in cost' })
  @ApiOkResponse({ type: StatsResponse, headers: COMMON_HEADERS })
  @ApiErrors(429, 500)
  async stats(): Promise<StatsResponse> {
    const { model, dimensions, provider, fingerprint } = this.provider.space;
    const { hits, misses, hitRate } = this.metrics.cacheUse;
    const { entries, memoryBytes } = await this.cache.size();
    const workload = this.provider.workload();
    const jobTexts = await this.queue.waitingTexts();
    return {
      model,
      embedding_dim: dimensions,
      provider,
      space: fingerprint,
      cache: { entries, hits, misses, hit_rate: hitRate, memory_bytes: memoryBytes },
      queue: { ...workload, waiting: workload.waiting + jobTexts },
      uptime_seconds: Math.floor(process.uptime()),
    };
  }
}
