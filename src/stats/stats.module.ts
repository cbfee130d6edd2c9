import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { CacheModule } from '../cache/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { ProcessStatsService } from './process-stats.service.js';
import { SlowRequestsController } from './slow-requests.controller.js';
import { SlowRequests } from './slow-requests.js';
import { StatsController } from './stats.controller.js';

@Module({
  imports: [AuthModule, CacheModule, EmbeddingModule],
  controllers: [StatsController, SlowRequestsController],
  providers: [ProcessStatsService, { provide: SlowRequests, useFactory: () => new SlowRequests() }],
})
export class StatsModule {}
