export type CacheTier = 'memory' | 'disk' | 'redis';

/** Hears what the cache does, so that adapters need not know of metrics or logs. */
export interface CacheObserver {
  lookedUp(tier: CacheTier, hits: number, misses: number): void;
  /** Called for keys that were not looked up, because the tier does not answer in time. */
  bypassed(tier: CacheTier, keys: number): void;
  failed(tier: CacheTier, operation: 'read' | 'write', error: unknown): void;
}
