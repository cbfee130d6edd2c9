import type { FactoryProvider } from '@nestjs/common';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../../config/index.js';
import { connectRedis, RedisBreaker, RedisMetrics, type RedisObserver } from '../../redis/index.js';
import { ThrottlerMetrics } from '../throttler.metrics.js';
import { FallbackTokenStorage } from './fallback-token-storage.js';
import { MemoryTokenStorage } from './memory-token-storage.js';
import { RedisTokenStorage } from './redis-token-storage.js';
import { TOKEN_STORAGE, type TokenStorage } from './token-storage.port.js';

/** The time limit of one reservation. The run of the model that waits for it takes at least as long. */
const TIMEOUT_MS = 500;
/** No key and no address has this name. */
const PROBE_CALLER = '(probe)';
const PROBE_LIMIT = { tokens: 1, windowMs: 1_000 };

export const tokenStorageProvider: FactoryProvider<TokenStorage> = {
  provide: TOKEN_STORAGE,
  inject: [RATE_LIMIT_SETTINGS, ThrottlerMetrics, RedisMetrics],
  useFactory: async ({ redisUrl, redisKeyPrefix }: RateLimitSettings, metrics: ThrottlerMetrics, redisMetrics: RedisMetrics) => {
    if (redisUrl === undefined) return new MemoryTokenStorage();
    const shared = await openRedis(redisUrl, redisKeyPrefix, redisMetrics);
    return new FallbackTokenStorage(shared, new MemoryTokenStorage(), (isLocal) => metrics.limitsTokensLocally(isLocal));
  },
};

async function openRedis(url: string, keyPrefix: string, observer: RedisObserver): Promise<TokenStorage> {
  const client = await connectRedis(url, 'token-limit', { observer });
  const storage = new RedisTokenStorage(client, keyPrefix);
  const probe = async (): Promise<unknown> => await storage.reserve(PROBE_CALLER, 1, PROBE_LIMIT);
  const breaker = new RedisBreaker(client, { role: 'token-limit', timeoutMs: TIMEOUT_MS, observer, probe });
  return {
    reserve: async (...request) => await breaker.run(() => storage.reserve(...request)),
    close: () => breaker.disconnect(),
  };
}
