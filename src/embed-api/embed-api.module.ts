import { Module, type FactoryProvider } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { CACHE_SETTINGS, type CacheSettings } from '../config/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { CacheInvalidationController } from './cache-invalidation.controller.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { EmbeddingController } from './embedding.controller.js';
import { EmbeddingService } from './embedding.service.js';
import { PlainEmbedRequests } from './plain-embed-requests.js';

const embeddingRendererProvider: FactoryProvider<EmbeddingRenderer> = {
  provide: EmbeddingRenderer,
  inject: [CACHE_SETTINGS],
  useFactory: ({ renderedBytes }: CacheSettings) => new EmbeddingRenderer(Math.floor(renderedBytes / 2)),
};

/** The service's own routes for vectors, and what the other dialects share with them. */
@Module({
  imports: [AuthModule, EmbeddingModule],
  controllers: [EmbeddingController, CacheInvalidationController],
  providers: [embeddingRendererProvider, EmbeddingService, PlainEmbedRequests],
  exports: [AuthModule, EmbeddingModule, EmbeddingRenderer, PlainEmbedRequests],
})
export class EmbedApiModule {}
