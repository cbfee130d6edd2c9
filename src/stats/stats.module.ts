import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { CacheModule } from '../cache/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { ProcessStatsService } from './process-stats.service.js';
import { StatsController } from './stats.controller.js';

@Module({ imports: [AuthModule, CacheModule, EmbeddingModule], controllers: [StatsController], providers: [ProcessStatsService] })
export class StatsModule {}
