import type { FactoryProvider } from '@nestjs/common';
import { AUTH_SETTINGS, type AuthSettings } from '../config/index.js';
import { RedisMetrics } from '../redis/index.js';
import { KeyDirectory } from './key-directory.js';
import { KeyRefresh } from './key-refresh.js';
import { KeyUsage } from './key-usage.js';
import { KeysFile } from './keys-file.js';
import { openKeyStores, type KeyStores } from './store/open-key-stores.js';
import { UsageHistory } from './usage-history.js';

export const KEY_STORES = Symbol('KEY_STORES');

const storesProvider: FactoryProvider<KeyStores> = {
  provide: KEY_STORES,
  inject: [AUTH_SETTINGS, RedisMetrics],
  useFactory: async ({ store }: AuthSettings, observer: RedisMetrics) => await openKeyStores(store, observer),
};

const directoryProvider: FactoryProvider<KeyDirectory> = {
  provide: KeyDirectory,
  inject: [AUTH_SETTINGS],
  useFactory: (settings: AuthSettings) => new KeyDirectory(settings),
};

/** The service starts when the keys have been read once, or cannot be. */
const refreshProvider: FactoryProvider<KeyRefresh> = {
  provide: KeyRefresh,
  inject: [KeyDirectory, KEY_STORES, AUTH_SETTINGS, RedisMetrics],
  useFactory: async (directory: KeyDirectory, stores: KeyStores, settings: AuthSettings, observer: RedisMetrics) => {
    const refresh = new KeyRefresh(directory, {
      store: stores.keys,
      file: openFile(directory, settings),
      observer: settings.store?.kind === 'redis' ? observer : undefined,
    });
    await refresh.look();
    return refresh;
  },
};

const historyProvider: FactoryProvider<UsageHistory> = {
  provide: UsageHistory,
  inject: [KeyUsage, KEY_STORES],
  useFactory: (usage: KeyUsage, { usage: store }: KeyStores) => new UsageHistory(usage, store),
};

export const authProviders = [storesProvider, directoryProvider, refreshProvider, historyProvider];

function openFile(directory: KeyDirectory, { keysFile, apiKeys }: AuthSettings): KeysFile | undefined {
  if (keysFile === undefined) return undefined;
  const opened = KeysFile.open(keysFile, apiKeys);
  directory.replaceFileKeys(opened.keys);
  return opened.keysFile;
}
