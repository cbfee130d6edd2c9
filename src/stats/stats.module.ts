import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { ProcessStatsService } from './process-stats.service.js';
import { StatsController } from './stats.controller.js';

@Module({ imports: [CacheModule, EmbeddingModule], controllers: [StatsController], providers: [ProcessStatsService] })
export class StatsModule {}
