import { Module } from '@nestjs/common';
import { redisMetricProviders, RedisMetrics } from './redis.metrics.js';

@Module({ providers: [...redisMetricProviders, RedisMetrics], exports: [RedisMetrics] })
export class RedisModule {}
