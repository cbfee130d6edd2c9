import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { SettingsError, type KeyStoreSettings } from '../../config/index.js';
import { FOLDER_ADVICE, openLmdb, reportMessages } from '../../lmdb/index.js';
import { connectRedis, type RedisObserver } from '../../redis/index.js';
import type { KeyStore } from './key-store.port.js';
import { LmdbKeyStore } from './lmdb-key-store.js';
import { LmdbUsageStore } from './lmdb-usage-store.js';
import { RedisKeyStore } from './redis-key-store.js';
import { RedisUsageStore } from './redis-usage-store.js';
import { UnusableKeyStore, UnusableUsageStore } from './unusable-stores.js';
import type { UsageStore } from './usage-store.port.js';

/** Is part of the file's name, so that each layout has its own file. */
const FILE = 'keys-1.lmdb';

export interface KeyStores {
  readonly keys: KeyStore;
  readonly usage: UsageStore;
  close(): Promise<void>;
}

/** Opens the stores of keys and of their use. Undefined = this process needs none. */
export async function openKeyStores(settings: KeyStoreSettings | undefined, observer: RedisObserver): Promise<KeyStores> {
  if (settings === undefined) return unusable(undefined);
  switch (settings.kind) {
    case 'embedded':
      return openFolder(settings.folder);
    case 'redis': {
      const redis = await connectRedis(settings.url, 'keys', { observer });
      return {
        keys: new RedisKeyStore(redis, settings.keyPrefix),
        usage: new RedisUsageStore(redis, settings.keyPrefix),
        close: () => {
          redis.disconnect();
          return Promise.resolve();
        },
      };
    }
  }
}

/**
 * Where the folder cannot be written, the service runs without stored keys. A file that is there but cannot be used stops
 * the start, because the service might be open to callers that need a key.
 */
function openFolder(folder: string): KeyStores {
  reportMessages((message) => new Logger('LMDB').warn(message));
  const path = join(folder, FILE);
  try {
    const root = openLmdb(path, { maxDbs: 3, overlappingSync: false });
    return { keys: new LmdbKeyStore(root), usage: new LmdbUsageStore(root), close: async () => await root.close() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (existsSync(path))
      throw new SettingsError([`The stored keys in ${path} under DATA_DIR cannot be used (${reason}). ${FOLDER_ADVICE}`]);
    new Logger('Keys').warn(
      `Keys cannot be created and their use is not stored, since ${folder} under DATA_DIR cannot be used (${reason})`,
    );
    return unusable(error);
  }
}

function unusable(cause: unknown): KeyStores {
  return { keys: new UnusableKeyStore(cause), usage: new UnusableUsageStore(), close: () => Promise.resolve() };
}
