import { Module } from '@nestjs/common';
import { EmbedApiModule } from '../embed-api/index.js';
import { OllamaController } from './ollama.controller.js';

/** The routes of Ollama that have to do with embeddings. */
@Module({ imports: [EmbedApiModule], controllers: [OllamaController] })
export class OllamaApiModule {}
