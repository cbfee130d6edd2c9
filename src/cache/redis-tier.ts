import { redisInsStore } from 'cache-manager-ioredis-yet';
import type { CacheSettings } from '../config/index.js';
import { connectRedis, RedisBreaker, type RedisObserver } from '../redis/index.js';
import type { CacheObserver } from './cache-observer.port.js';
import { InvalidationChannel } from './invalidation-channel.js';
import { RedisByteCache } from './redis-byte-cache.js';
import { openRedisValues } from './redis-values.js';
import type { SharedTier } from './tiered-byte-cache.js';

interface Observers {
  readonly observer: CacheObserver;
  readonly redisObserver: RedisObserver;
}

/** Opens the tier that all machines share. */
export async function openRedisTier(url: string, settings: CacheSettings, { observer, redisObserver }: Observers): Promise<SharedTier> {
  const ttlMs = settings.ttlSeconds * 1000;
  const [connection, subscriber] = await Promise.all([
    connectRedis(url, 'cache', { observer: redisObserver }),
    connectRedis(url, 'cache-invalidation', { observer: redisObserver }),
  ]);
  // cache-manager's Redis store writes JSON text, which takes ten times as long for a vector. So values go through the
  // client of the store as they are (docs/decisions/0003-cache.md).
  const { client } = redisInsStore(connection, { ttl: ttlMs });
  const values = openRedisValues(client, { ttlMs, keyPrefix: settings.redisKeyPrefix });
  const breaker = new RedisBreaker(client, {
    role: 'cache',
    timeoutMs: settings.timeoutMs,
    observer: redisObserver,
    probe: async () => await values.probe(),
  });
  const invalidations = await InvalidationChannel.open(client, subscriber, settings.redisKeyPrefix);
  return { tier: 'redis', cache: new RedisByteCache(breaker, values, observer), invalidations };
}
