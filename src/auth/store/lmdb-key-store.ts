import type { Database, RootDatabase } from 'lmdb';
import type { KeyStore, StoredKey, StoredKeys } from './key-store.port.js';
import { unwritable } from './store-errors.js';

const VERSION = 'version';

/** Keys in an LMDB file, which processes of one machine may share. A change is one transaction, made at once. */
export class LmdbKeyStore implements KeyStore {
  private readonly keys: Database<StoredKey, string>;
  private readonly facts: Database<number, string>;

  /** @param now Milliseconds since the epoch. The caller closes the file. */
  constructor(
    private readonly root: RootDatabase,
    private readonly now: () => number = Date.now,
  ) {
    this.keys = root.openDB({ name: 'keys', encoding: 'json' });
    this.facts = root.openDB({ name: 'facts', encoding: 'json' });
  }

  version(): Promise<number> {
    this.root.resetReadTxn();
    return Promise.resolve(this.stored());
  }

  read(): Promise<StoredKeys> {
    this.root.resetReadTxn();
    return Promise.resolve({ version: this.stored(), keys: Array.from(this.keys.getRange(), ({ value }) => value) });
  }

  async put(key: StoredKey, version: number): Promise<boolean> {
    return await this.change(version, () => this.keys.putSync(key.name, key));
  }

  async remove(name: string, version: number): Promise<boolean> {
    return await this.change(version, () => this.keys.removeSync(name));
  }

  private stored(): number {
    return this.facts.get(VERSION) ?? 0;
  }

  private change(version: number, step: () => unknown): Promise<boolean> {
    try {
      const changed = this.root.transactionSync(() => {
        if (this.stored() !== version) return false;
        step();
        this.facts.putSync(VERSION, Math.max(version + 1, this.now()));
        return true;
      });
      return Promise.resolve(changed);
    } catch (cause) {
      return Promise.reject(unwritable(cause));
    }
  }
}
