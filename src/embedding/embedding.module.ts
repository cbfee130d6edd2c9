import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { CacheModule } from '../cache/index.js';
import { CacheInvalidationController } from './cache-invalidation.controller.js';
import { EmbeddingController } from './embedding.controller.js';
import { EmbeddingGauges, embeddingGaugeProviders } from './embedding-gauges.js';
import { embeddingMetricProviders, EmbeddingMetrics } from './embedding.metrics.js';
import { EMBEDDING_PROVIDER, type EmbeddingProvider } from './embedding-provider.port.js';
import {
  CACHED_EMBEDDING_PROVIDER,
  cachedEmbeddingProviderProvider,
  embeddingProviderProvider,
  embeddingRendererProvider,
} from './embedding.providers.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { MemoryHits } from './memory-hits.js';
import { PlainEmbedRequests } from './plain-embed-requests.js';
import { EmbeddingService } from './embedding.service.js';
import { openAiMetricProviders, OpenAiMetrics } from './openai/openai.metrics.js';

@Module({
  imports: [AuthModule, CacheModule],
  controllers: [EmbeddingController, CacheInvalidationController],
  providers: [
    ...embeddingMetricProviders,
    ...embeddingGaugeProviders,
    ...openAiMetricProviders,
    EmbeddingMetrics,
    EmbeddingGauges,
    OpenAiMetrics,
    embeddingProviderProvider,
    cachedEmbeddingProviderProvider,
    embeddingRendererProvider,
    EmbeddingService,
    MemoryHits,
    PlainEmbedRequests,
  ],
  exports: [
    EMBEDDING_PROVIDER,
    CACHED_EMBEDDING_PROVIDER,
    EmbeddingGauges,
    EmbeddingMetrics,
    EmbeddingRenderer,
    MemoryHits,
    PlainEmbedRequests,
  ],
})
export class EmbeddingModule implements OnApplicationShutdown {
  constructor(@Inject(EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider) {}

  async onApplicationShutdown(): Promise<void> {
    await this.provider.close();
  }
}
