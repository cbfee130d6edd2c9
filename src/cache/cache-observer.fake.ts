import type { CacheObserver, CacheTier } from './cache-observer.port.js';

/** For tests: records its calls. */
export class FakeCacheObserver implements CacheObserver {
  readonly lookups: { readonly tier: CacheTier; readonly hits: number; readonly misses: number }[] = [];
  readonly bypasses: string[] = [];
  readonly failures: string[] = [];

  lookedUp(tier: CacheTier, hits: number, misses: number): void {
    this.lookups.push({ tier, hits, misses });
  }

  bypassed(tier: CacheTier, keys: number): void {
    this.bypasses.push(`${tier} ${keys}`);
  }

  failed(tier: CacheTier, operation: 'read' | 'write'): void {
    this.failures.push(`${tier} ${operation}`);
  }
}
