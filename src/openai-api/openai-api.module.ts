import { Module } from '@nestjs/common';
import { EmbedApiModule } from '../embed-api/index.js';
import { ModelsController } from './models.controller.js';
import { OfflineEmbeddings } from './offline-embeddings.js';
import { OpenAiEmbeddingsController } from './openai-embeddings.controller.js';

@Module({
  imports: [EmbedApiModule],
  controllers: [OpenAiEmbeddingsController, ModelsController],
  providers: [OfflineEmbeddings],
  exports: [OfflineEmbeddings],
})
export class OpenAiApiModule {}
