import type { FactoryProvider } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import { connectRedis } from '../redis/index.js';
import { FallbackThrottlerStorage } from './fallback-throttler-storage.js';
import { MemoryThrottlerStorage } from './memory-throttler-storage.js';
import { RedisThrottlerStorage } from './redis-throttler-storage.js';
import { ThrottlerMetrics } from './throttler.metrics.js';

export const THROTTLER_STORAGE = Symbol('THROTTLER_STORAGE');

export const throttlerStorageProvider: FactoryProvider<ThrottlerStorage> = {
  provide: THROTTLER_STORAGE,
  inject: [RATE_LIMIT_SETTINGS, ThrottlerMetrics],
  useFactory: async ({ redisUrl }: RateLimitSettings, metrics: ThrottlerMetrics) => {
    if (redisUrl === undefined) return new MemoryThrottlerStorage();
    const shared = new RedisThrottlerStorage(await connectRedis(redisUrl, 'rate-limit'));
    return new FallbackThrottlerStorage(shared, new MemoryThrottlerStorage(), (isLocal) => metrics.limitsLocally(isLocal));
  },
};
