import { Module } from '@nestjs/common';
import { ThrottlerModule as NestThrottlerModule, type ThrottlerStorage } from '@nestjs/throttler';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { ThrottlerStorageModule } from './throttler-storage.module.js';
import { THROTTLER_STORAGE } from './throttler-storage.providers.js';

@Module({
  imports: [
    ThrottlerStorageModule,
    NestThrottlerModule.forRootAsync({
      imports: [ThrottlerStorageModule],
      inject: [RATE_LIMIT_SETTINGS, THROTTLER_STORAGE],
      useFactory: ({ requests, windowSeconds }: RateLimitSettings, storage: ThrottlerStorage) => ({
        throttlers: [{ limit: requests, ttl: windowSeconds * 1000 }],
        storage,
      }),
    }),
  ],
  providers: [RateLimitGuard],
  exports: [RateLimitGuard],
})
export class ThrottlerModule {}
