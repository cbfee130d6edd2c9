import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { EmbeddingGauges, embeddingGaugeProviders } from './embedding-gauges.js';
import { embeddingMetricProviders, EmbeddingMetrics } from './embedding.metrics.js';
import { EMBEDDING_PROVIDER, type EmbeddingProvider } from './embedding-provider.port.js';
import { CACHED_EMBEDDING_PROVIDER, cachedEmbeddingProviderProvider, embeddingProviderProvider } from './embedding.providers.js';
import { MemoryHits } from './memory-hits.js';
import { openAiMetricProviders, OpenAiMetrics } from './openai/openai.metrics.js';

/** The core: the provider that configuration selects, behind the cache. */
@Module({
  imports: [CacheModule],
  providers: [
    ...embeddingMetricProviders,
    ...embeddingGaugeProviders,
    ...openAiMetricProviders,
    EmbeddingMetrics,
    EmbeddingGauges,
    OpenAiMetrics,
    embeddingProviderProvider,
    cachedEmbeddingProviderProvider,
    MemoryHits,
  ],
  exports: [CacheModule, EMBEDDING_PROVIDER, CACHED_EMBEDDING_PROVIDER, EmbeddingGauges, EmbeddingMetrics, MemoryHits],
})
export class EmbeddingModule implements OnApplicationShutdown {
  constructor(@Inject(EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider) {}

  async onApplicationShutdown(): Promise<void> {
    await this.provider.close();
  }
}
