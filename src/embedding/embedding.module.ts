import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { EmbeddingGauges, embeddingGaugeProviders } from './embedding-gauges.js';
import { embeddingMetricProviders, EmbeddingMetrics } from './embedding.metrics.js';
import { startedModelsProvider } from './embedding.providers.js';
import { MemoryHits } from './memory-hits.js';
import { Models } from './models.js';
import { openAiMetricProviders, OpenAiMetrics } from './openai/openai.metrics.js';

/** The core: the models that configuration selects, behind the cache. */
@Module({
  imports: [CacheModule],
  providers: [
    ...embeddingMetricProviders,
    ...embeddingGaugeProviders,
    ...openAiMetricProviders,
    EmbeddingMetrics,
    EmbeddingGauges,
    OpenAiMetrics,
    startedModelsProvider,
    Models,
    MemoryHits,
  ],
  exports: [CacheModule, Models, EmbeddingGauges, EmbeddingMetrics, MemoryHits],
})
export class EmbeddingModule implements OnApplicationShutdown {
  constructor(private readonly models: Models) {}

  async onApplicationShutdown(): Promise<void> {
    await this.models.close();
  }
}
