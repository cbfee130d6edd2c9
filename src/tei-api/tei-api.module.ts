import { Module } from '@nestjs/common';
import { EmbedApiModule } from '../embed-api/index.js';
import { TeiController } from './tei.controller.js';

/** The routes of text-embeddings-inference. */
@Module({ imports: [EmbedApiModule], controllers: [TeiController] })
export class TeiApiModule {}
