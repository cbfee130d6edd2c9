import type { FactoryProvider } from '@nestjs/common';
import { redisInsStore } from 'cache-manager-ioredis-yet';
import type { Redis } from 'ioredis';
import { CACHE_SETTINGS, type CacheSettings } from '../config/index.js';
import { connectRedis, RedisBreaker, RedisMetrics, type RedisObserver } from '../redis/index.js';
import { BYTE_CACHE, type ByteCache } from './byte-cache.port.js';
import type { CacheObserver } from './cache-observer.port.js';
import { CacheMetrics } from './cache.metrics.js';
import { InvalidationChannel } from './invalidation-channel.js';
import { MemoryByteCache } from './memory-byte-cache.js';
import { RedisByteCache } from './redis-byte-cache.js';
import { TieredByteCache } from './tiered-byte-cache.js';

/** In front of Redis, memory keeps a value no longer than this, so that it outlives Redis's own copy by a minute at most. */
const LONGEST_TTL_BEFORE_REDIS_MS = 60_000;

export async function openByteCache(settings: CacheSettings, observer: CacheObserver, redisObserver: RedisObserver): Promise<ByteCache> {
  const ttlMs = settings.ttlSeconds * 1000;
  const { redisUrl, memoryBytes: maxBytes } = settings;
  if (redisUrl === undefined) return new TieredByteCache({ memory: new MemoryByteCache({ maxBytes, ttlMs }) }, observer);

  const [connection, subscriber] = await Promise.all([connectRedis(redisUrl, 'cache'), connectRedis(redisUrl, 'cache-invalidation')]);
  // cache-manager's Redis store has the client, but writes JSON text, in which a vector takes ten times as long; so values
  // go through the store's client as they are (docs/decisions/0003-cache.md).
  const client = redisInsStore(connection, { ttl: ttlMs }).client as Redis;
  const redis = new RedisBreaker(client, { role: 'cache', timeoutMs: settings.timeoutMs, observer: redisObserver });
  return new TieredByteCache(
    {
      memory: new MemoryByteCache({ maxBytes, ttlMs: Math.min(ttlMs, LONGEST_TTL_BEFORE_REDIS_MS) }),
      shared: new RedisByteCache(redis, ttlMs, observer),
      invalidations: await InvalidationChannel.open(client, subscriber),
    },
    observer,
  );
}

export const byteCacheProvider: FactoryProvider<ByteCache> = {
  provide: BYTE_CACHE,
  inject: [CACHE_SETTINGS, CacheMetrics, RedisMetrics],
  useFactory: openByteCache,
};
