import type { FactoryProvider } from '@nestjs/common';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import { connectRedis, RedisBreaker, RedisMetrics, type RedisObserver } from '../redis/index.js';
import type { CallStorage } from './call-storage.port.js';
import { FallbackThrottlerStorage, type SharedThrottlerStorage } from './fallback-throttler-storage.js';
import { MemoryThrottlerStorage } from './memory-throttler-storage.js';
import { RedisThrottlerStorage } from './redis-throttler-storage.js';
import { ThrottlerMetrics } from './throttler.metrics.js';

/** The time limit of one increment. A caller does not notice so short a time; a call that takes longer is counted by this process alone. */
const TIMEOUT_MS = 100;
/** No key and no address has this name. */
const PROBE_CALLER = '(probe)';
const PROBE_WINDOW_MS = 1_000;

export const THROTTLER_STORAGE = Symbol('THROTTLER_STORAGE');

export const throttlerStorageProvider: FactoryProvider<CallStorage> = {
  provide: THROTTLER_STORAGE,
  inject: [RATE_LIMIT_SETTINGS, ThrottlerMetrics, RedisMetrics],
  useFactory: async ({ redisUrl, redisKeyPrefix }: RateLimitSettings, metrics: ThrottlerMetrics, redisMetrics: RedisMetrics) => {
    if (redisUrl === undefined) return new MemoryThrottlerStorage();
    const shared = await openRedis(redisUrl, redisKeyPrefix, redisMetrics);
    return new FallbackThrottlerStorage(shared, new MemoryThrottlerStorage(), (isLocal) => metrics.limitsLocally(isLocal));
  },
};

async function openRedis(url: string, keyPrefix: string, observer: RedisObserver): Promise<SharedThrottlerStorage> {
  const client = await connectRedis(url, 'rate-limit', { observer });
  const storage = new RedisThrottlerStorage(client, keyPrefix);
  const probe = async (): Promise<unknown> => await storage.increment(PROBE_CALLER, PROBE_WINDOW_MS, 1);
  const breaker = new RedisBreaker(client, { role: 'rate-limit', timeoutMs: TIMEOUT_MS, observer, probe });
  return {
    increment: async (key, windowMs, limit) => await breaker.run(() => storage.increment(key, windowMs, limit)),
    close: () => breaker.disconnect(),
  };
}
