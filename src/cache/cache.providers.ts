import { Logger, type FactoryProvider } from '@nestjs/common';
import { CACHE_SETTINGS, SettingsError, type CacheSettings } from '../config/index.js';
import { reportMessages } from '../lmdb/index.js';
import { RedisMetrics, type RedisObserver } from '../redis/index.js';
import { BYTE_CACHE, type ByteCache } from './byte-cache.port.js';
import type { CacheObserver } from './cache-observer.port.js';
import { CacheMetrics } from './cache.metrics.js';
import { LmdbByteCache } from './lmdb-byte-cache.js';
import { MemoryByteCache } from './memory-byte-cache.js';
import { TieredByteCache, type SharedTier } from './tiered-byte-cache.js';

/** The longest time that memory keeps a value in front of a shared tier, so that it outlives the shared copy by a minute at most. */
const LONGEST_TTL_BEFORE_SHARED_MS = 60_000;

/** Opens the cache: memory in front of Redis, which all machines share, or else of the disk, which the processes of this machine share. */
export async function openByteCache(settings: CacheSettings, observer: CacheObserver, redisObserver: RedisObserver): Promise<ByteCache> {
  const ttlMs = settings.ttlSeconds * 1000;
  const { redisUrl } = settings;
  const shared = redisUrl === undefined ? openDisk(settings, observer) : await openRedis(redisUrl);
  const memory = new MemoryByteCache({
    maxBytes: settings.memoryBytes,
    ttlMs: shared === undefined ? ttlMs : Math.min(ttlMs, LONGEST_TTL_BEFORE_SHARED_MS),
  });
  return new TieredByteCache({ memory, shared }, observer);

  async function openRedis(url: string): Promise<SharedTier> {
    const { openRedisTier } = await import('./redis-tier.js'); // its packages are loaded only where there is a Redis
    return await openRedisTier(url, settings, { observer, redisObserver });
  }
}

/** A folder that the operator has set must work. The default folder need not, so that a read-only file system is no fault. */
function openDisk({ disk, ttlSeconds }: CacheSettings, observer: CacheObserver): SharedTier | undefined {
  if (disk === undefined) return undefined;
  reportMessages((message) => new Logger('LMDB').warn(message));
  const { folder, maxBytes, reserveBytes, isRequired } = disk;
  try {
    const cache = LmdbByteCache.open({ folder, maxBytes, reserveBytes, ttlMs: ttlSeconds * 1000 }, observer);
    return { tier: 'disk', cache, invalidations: cache.invalidations };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'use a folder that this user may write to, delete what is in it if it is damaged, or set CACHE_DIR=off';
    if (isRequired) throw new SettingsError([`CACHE_DIR=${folder} cannot be used (${reason}): ${advice}`]);
    new Logger('Cache').warn(`A restart will lose the cache, since ${folder} cannot be used (${reason}): ${advice}`);
    return undefined;
  }
}

export const byteCacheProvider: FactoryProvider<ByteCache> = {
  provide: BYTE_CACHE,
  inject: [CACHE_SETTINGS, CacheMetrics, RedisMetrics],
  useFactory: openByteCache,
};
