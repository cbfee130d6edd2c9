import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { HotCounter, makeHotCounterProvider, type CounterSeries } from '../metrics/index.js';
import type { CacheObserver, CacheTier } from './cache-observer.port.js';

const LOOKUPS = 'embedding_cache_lookups_total';

export const cacheMetricProviders = [makeHotCounterProvider({ name: LOOKUPS, help: 'Keys looked up in a tier of the cache, by result' })];

/** Counts each lookup. Warns only of the first fault after a success, because a store that is down fails every time. */
@Injectable()
export class CacheMetrics implements CacheObserver {
  private readonly logger = new Logger('Cache');
  private readonly failing = new Set<CacheTier>();

  private readonly hitsOf = new Map<CacheTier, CounterSeries>();

  constructor(@InjectMetric(LOOKUPS) private readonly lookups: HotCounter) {}

  lookedUp(tier: CacheTier, hits: number, misses: number): void {
    if (misses > 0) this.lookups.labels({ tier, result: 'miss' }).inc(misses);
    if (hits === 0) return;
    let series = this.hitsOf.get(tier);
    if (series === undefined) this.hitsOf.set(tier, (series = this.lookups.labels({ tier, result: 'hit' })));
    series.inc(hits);
    this.failing.delete(tier);
  }

  bypassed(tier: CacheTier, keys: number): void {
    this.lookups.labels({ tier, result: 'bypassed' }).inc(keys);
  }

  failed(tier: CacheTier, operation: 'read' | 'write', error: unknown): void {
    this.lookups.labels({ tier, result: 'error' }).inc();
    if (this.failing.has(tier)) return;
    this.failing.add(tier);
    this.logger.warn(`A ${operation} of the ${tier} cache failed; it counts as a miss: ${String(error)}`);
  }
}
