import { Module } from '@nestjs/common';
import { EmbedApiModule } from '../embed-api/index.js';
import { ModelsController } from './models.controller.js';
import { OfflineEmbeddings } from './offline-embeddings.js';
import { OpenAiEmbeddingsController } from './openai-embeddings.controller.js';
import { OpenAiEmbeddingsService } from './openai-embeddings.service.js';
import { OutputSizes } from './output-sizes.js';
import { PlainOpenAiRequests } from './plain-openai-requests.js';
import { ServedModels } from './served-models.js';

@Module({
  imports: [EmbedApiModule],
  controllers: [OpenAiEmbeddingsController, ModelsController],
  providers: [OutputSizes, ServedModels, OpenAiEmbeddingsService, OfflineEmbeddings, PlainOpenAiRequests],
  exports: [OpenAiEmbeddingsService, OfflineEmbeddings],
})
export class OpenAiApiModule {}
