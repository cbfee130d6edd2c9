import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { RedisModule } from '../redis/index.js';
import { BYTE_CACHE, type ByteCache } from './byte-cache.port.js';
import { cacheMetricProviders, CacheMetrics } from './cache.metrics.js';
import { byteCacheProvider } from './cache.providers.js';

@Module({
  imports: [RedisModule],
  providers: [...cacheMetricProviders, CacheMetrics, byteCacheProvider],
  exports: [BYTE_CACHE],
})
export class CacheModule implements OnApplicationShutdown {
  constructor(@Inject(BYTE_CACHE) private readonly cache: ByteCache) {}

  async onApplicationShutdown(): Promise<void> {
    await this.cache.close();
  }
}
