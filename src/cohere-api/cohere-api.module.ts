import { Module } from '@nestjs/common';
import { EmbedApiModule } from '../embed-api/index.js';
import { CohereController } from './cohere.controller.js';

/** Cohere's routes for embeddings. */
@Module({ imports: [EmbedApiModule], controllers: [CohereController] })
export class CohereApiModule {}
