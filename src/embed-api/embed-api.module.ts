import { Module, type FactoryProvider } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { CACHE_SETTINGS, type CacheSettings } from '../config/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { CacheInvalidationController } from './cache-invalidation.controller.js';
import { CacheInvalidationService } from './cache-invalidation.service.js';
import { EmbeddingController } from './embedding.controller.js';
import { EmbeddingRenderer } from './request/embedding-renderer.js';
import { EmbeddingRequests } from './request/embedding-requests.js';
import { PlainRequests } from './request/plain-requests.js';
import { RequestAccount } from './request/request-account.js';

const embeddingRendererProvider: FactoryProvider<EmbeddingRenderer> = {
  provide: EmbeddingRenderer,
  inject: [CACHE_SETTINGS],
  useFactory: ({ renderedBytes }: CacheSettings) => new EmbeddingRenderer(Math.floor(renderedBytes / 2)),
};

/** The service's own routes for vectors, and what all dialects share. */
@Module({
  imports: [AuthModule, EmbeddingModule],
  controllers: [EmbeddingController, CacheInvalidationController],
  providers: [embeddingRendererProvider, RequestAccount, EmbeddingRequests, PlainRequests, CacheInvalidationService],
  exports: [AuthModule, EmbeddingModule, RequestAccount, EmbeddingRequests, PlainRequests],
})
export class EmbedApiModule {}
