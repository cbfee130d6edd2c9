import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { StatsController } from './stats.controller.js';

@Module({ imports: [CacheModule, EmbeddingModule], controllers: [StatsController] })
export class StatsModule {}
