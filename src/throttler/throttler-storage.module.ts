import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { RedisModule } from '../redis/index.js';
import type { CallStorage } from './call-storage.port.js';
import { throttlerMetricProviders, ThrottlerMetrics } from './throttler.metrics.js';
import { THROTTLER_STORAGE, throttlerStorageProvider } from './throttler-storage.providers.js';
import { TokenLimiter } from './tokens/token-limiter.js';
import { tokenStorageProvider } from './tokens/token-storage.providers.js';

@Module({
  imports: [RedisModule],
  providers: [...throttlerMetricProviders, ThrottlerMetrics, throttlerStorageProvider, tokenStorageProvider, TokenLimiter],
  exports: [THROTTLER_STORAGE, ThrottlerMetrics, TokenLimiter],
})
export class ThrottlerStorageModule implements OnApplicationShutdown {
  constructor(
    @Inject(THROTTLER_STORAGE) private readonly storage: CallStorage,
    private readonly tokens: TokenLimiter,
  ) {}

  onApplicationShutdown(): void {
    this.storage.close?.();
    this.tokens.close();
  }
}
