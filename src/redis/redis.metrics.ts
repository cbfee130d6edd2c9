import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import type { RedisObserver, RedisRole } from './redis-observer.port.js';
import type { RedisRefusal } from './redis-refusal.js';

const BYPASSED = 'redis_bypassed';
const REFUSALS = 'redis_refusals_total';

export const redisMetricProviders = [
  makeGaugeProvider({
    name: BYPASSED,
    help: '1 while this role works without Redis, which does not answer in time or refuses commands',
    labelNames: ['role'],
    aggregator: 'max',
  }),
  makeCounterProvider({ name: REFUSALS, help: 'Commands that Redis answered with an error, by kind', labelNames: ['role', 'error'] }),
];

@Injectable()
export class RedisMetrics implements RedisObserver {
  private readonly faultOf = new Map<RedisRole, string>();

  constructor(
    @InjectMetric(BYPASSED) private readonly bypassed: Gauge<'role'>,
    @InjectMetric(REFUSALS) private readonly refusals: Counter<'role' | 'error'>,
  ) {}

  /** Why a role goes on without Redis; undefined = none does. */
  get fault(): string | undefined {
    return [...this.faultOf.values()][0];
  }

  bypassing(role: RedisRole, isBypassed: boolean, fault = 'does not answer'): void {
    this.bypassed.set({ role }, isBypassed ? 1 : 0);
    if (isBypassed) this.faultOf.set(role, fault);
    else this.faultOf.delete(role);
  }

  refused(role: string, refusal: RedisRefusal): void {
    this.refusals.inc({ role, error: refusal });
  }
}
