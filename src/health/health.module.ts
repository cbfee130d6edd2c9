import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CacheModule } from '../cache/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { RedisModule } from '../redis/index.js';
import { HealthController } from './health.controller.js';
import { ReadinessService } from './readiness.service.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), CacheModule, EmbeddingModule, RedisModule],
  controllers: [HealthController],
  providers: [ReadinessService],
})
export class HealthModule {}
