import { Injectable } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import type { RedisObserver, RedisRole } from './redis-observer.port.js';

const BYPASSED = 'redis_bypassed';

export const redisMetricProviders = [
  makeGaugeProvider({
    name: BYPASSED,
    help: '1 while this role goes on without Redis, which does not answer in time',
    labelNames: ['role'],
    aggregator: 'max',
  }),
];

@Injectable()
export class RedisMetrics implements RedisObserver {
  constructor(@InjectMetric(BYPASSED) private readonly bypassed: Gauge<'role'>) {}

  bypassing(role: RedisRole, isBypassed: boolean): void {
    this.bypassed.set({ role }, isBypassed ? 1 : 0);
  }
}
