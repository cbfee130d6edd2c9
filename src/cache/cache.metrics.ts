import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import type { CacheObserver, CacheTier } from './cache-observer.port.js';

const LOOKUPS = 'embedding_cache_lookups_total';

export const cacheMetricProviders = [
  makeCounterProvider({ name: LOOKUPS, help: 'Keys looked up in a tier of the cache, by result', labelNames: ['tier', 'result'] }),
];

/** Counts each lookup; warns of the first fault after a success only, since a store that is down fails every time. */
@Injectable()
export class CacheMetrics implements CacheObserver {
  private readonly logger = new Logger('Cache');
  private readonly failing = new Set<CacheTier>();

  constructor(@InjectMetric(LOOKUPS) private readonly lookups: Counter<'tier' | 'result'>) {}

  lookedUp(tier: CacheTier, hits: number, misses: number): void {
    if (hits > 0) this.lookups.inc({ tier, result: 'hit' }, hits);
    if (misses > 0) this.lookups.inc({ tier, result: 'miss' }, misses);
    if (hits > 0) this.failing.delete(tier);
  }

  bypassed(tier: CacheTier, keys: number): void {
    this.lookups.inc({ tier, result: 'bypassed' }, keys);
  }

  failed(tier: CacheTier, operation: 'read' | 'write', error: unknown): void {
    this.lookups.inc({ tier, result: 'error' });
    if (this.failing.has(tier)) return;
    this.failing.add(tier);
    this.logger.warn(`A ${operation} of the ${tier} cache failed; it counts as a miss: ${String(error)}`);
  }
}
