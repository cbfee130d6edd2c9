import type { KeyStore, StoredKeys } from './key-store.port.js';
import { unwritable } from './store-errors.js';
import type { DayUse, UsageStore } from './usage-store.port.js';

/** For a folder that cannot be used: there are no keys, and every change is refused. */
export class UnusableKeyStore implements KeyStore {
  constructor(private readonly cause: unknown) {}

  version(): Promise<number> {
    return Promise.resolve(0);
  }

  read(): Promise<StoredKeys> {
    return Promise.resolve({ version: 0, keys: [] });
  }

  put(): Promise<never> {
    return Promise.reject(unwritable(this.cause));
  }

  remove(): Promise<never> {
    return Promise.reject(unwritable(this.cause));
  }
}

/** For a folder that cannot be used: nothing is kept, which the log has said at the start. */
export class UnusableUsageStore implements UsageStore {
  add(): Promise<void> {
    return Promise.resolve();
  }

  read(): Promise<readonly DayUse[]> {
    return Promise.resolve([]);
  }

  forgetBefore(): Promise<void> {
    return Promise.resolve();
  }
}
