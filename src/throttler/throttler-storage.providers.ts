import type { FactoryProvider } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import { SUPERVISOR_LINK, type ProcessLink } from '../process-link/index.js';
import { connectRedis, RedisBreaker, RedisMetrics, type RedisObserver } from '../redis/index.js';
import { FallbackThrottlerStorage, type SharedThrottlerStorage } from './fallback-throttler-storage.js';
import { MemoryThrottlerStorage } from './memory-throttler-storage.js';
import { RedisThrottlerStorage } from './redis-throttler-storage.js';
import { SupervisedThrottlerStorage } from './supervised-throttler-storage.js';
import { ThrottlerMetrics } from './throttler.metrics.js';

/** For one increment: a caller would hardly notice it. A later answer is replaced by the count of this process alone. */
const TIMEOUT_MS = 100;
/** No key and no address has this name. */
const PROBE_CALLER = '(probe)';
const PROBE_WINDOW_MS = 1_000;

export const THROTTLER_STORAGE = Symbol('THROTTLER_STORAGE');

export const throttlerStorageProvider: FactoryProvider<ThrottlerStorage> = {
  provide: THROTTLER_STORAGE,
  inject: [RATE_LIMIT_SETTINGS, SUPERVISOR_LINK, ThrottlerMetrics, RedisMetrics],
  useFactory: async (
    { redisUrl, redisKeyPrefix }: RateLimitSettings,
    supervisor: ProcessLink | undefined,
    metrics: ThrottlerMetrics,
    redisMetrics: RedisMetrics,
  ) => {
    const supervised = supervisor && new SupervisedThrottlerStorage(supervisor);
    const shared = redisUrl === undefined ? supervised : await openRedis(redisUrl, redisKeyPrefix, redisMetrics);
    if (shared === undefined) return new MemoryThrottlerStorage();
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
