export type CacheTier = 'memory' | 'disk' | 'redis';

/** Is told what the cache did, so that no adapter needs to know of metrics or logs. */
export interface CacheObserver {
  lookedUp(tier: CacheTier, hits: number, misses: number): void;
  /** Keys that were not looked up, because the tier does not answer in time. */
  bypassed(tier: CacheTier, keys: number): void;
  failed(tier: CacheTier, operation: 'read' | 'write', error: unknown): void;
}
