import { Module } from '@nestjs/common';
import { ThrottlerModule as NestThrottlerModule } from '@nestjs/throttler';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import type { CallStorage } from './call-storage.port.js';
import { RateLimiter } from './rate-limiter.js';
import { ThrottlerStorageModule } from './throttler-storage.module.js';
import { THROTTLER_STORAGE } from './throttler-storage.providers.js';

@Module({
  imports: [
    ThrottlerStorageModule,
    NestThrottlerModule.forRootAsync({
      imports: [ThrottlerStorageModule],
      inject: [RATE_LIMIT_SETTINGS, THROTTLER_STORAGE],
      useFactory: ({ requests, windowSeconds }: RateLimitSettings, storage: CallStorage) => ({
        throttlers: [{ limit: requests, ttl: windowSeconds * 1000 }],
        storage,
      }),
    }),
  ],
  providers: [RateLimiter],
  exports: [RateLimiter],
})
export class ThrottlerModule {}
