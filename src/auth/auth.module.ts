import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { RedisModule } from '../redis/index.js';
import { AdminGuard } from './admin.guard.js';
import { authProviders, KEY_STORES } from './auth.providers.js';
import { Authenticator } from './authenticator.js';
import { KeyDirectory } from './key-directory.js';
import { KeyRefresh } from './key-refresh.js';
import { KeyUsage } from './key-usage.js';
import type { KeyStores } from './store/open-key-stores.js';
import { UsageHistory } from './usage-history.js';

@Module({
  imports: [RedisModule],
  providers: [...authProviders, Authenticator, AdminGuard, KeyUsage],
  exports: [Authenticator, AdminGuard, KeyDirectory, KeyRefresh, KeyUsage, KEY_STORES, UsageHistory],
})
export class AuthModule implements OnApplicationShutdown {
  constructor(
    private readonly history: UsageHistory,
    @Inject(KEY_STORES) private readonly stores: KeyStores,
  ) {}

  /** All requests have ended by then. */
  async onApplicationShutdown(): Promise<void> {
    await this.history.close();
    await this.stores.close();
  }
}
