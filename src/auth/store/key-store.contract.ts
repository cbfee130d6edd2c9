import type { KeyStore, StoredKey } from './key-store.port.js';

export interface OpenedKeyStore {
  readonly store: KeyStore;
  /** Another process's view of the same store. */
  readonly other: KeyStore;
  close(): Promise<void>;
}

const KEY: StoredKey = {
  name: 'search',
  role: 'client',
  requests: 5,
  createdAt: 1_000,
  expiresAt: 9_000,
  secrets: [{ hash: 'ab'.repeat(32), createdAt: 1_000, expiresAt: 5_000 }],
};

/** The contract of every KeyStore; `open` gives an empty one. */
export function describeKeyStore(name: string, open: () => Promise<OpenedKeyStore>): void {
  describe(`${name}, like every key store`, () => {
    let opened: OpenedKeyStore;
    let store: KeyStore;

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });

    afterEach(async () => {
      await opened.close();
    });

    it('has the version 0 and no keys until a key is stored', async () => {
      expect([await store.version(), await store.read()]).toEqual([0, { version: 0, keys: [] }]);
    });

    it('returns stored keys as they were, by name, also to another process', async () => {
      const first = { ...KEY, name: 'Admin', role: 'admin' as const };
      expect(await store.put(KEY, 0)).toBe(true);
      expect(await store.put(first, await store.version())).toBe(true);
      const stored = await opened.other.read();
      expect(stored.keys).toEqual([first, KEY]);
      expect([await store.version(), await opened.other.version()]).toEqual([stored.version, stored.version]);
    });

    it('changes only the newest version, and the version grows with each change', async () => {
      await store.put(KEY, 0);
      const first = await store.version();
      expect(await store.put({ ...KEY, requests: 6 }, 0)).toBe(false);
      expect(await store.remove(KEY.name, first + 1)).toBe(false);
      expect(await store.put({ ...KEY, requests: 7 }, first)).toBe(true);
      expect((await store.read()).keys).toEqual([{ ...KEY, requests: 7 }]);
      expect(await store.version()).toBeGreaterThan(first);
    });

    it('lets exactly one of many simultaneous changes succeed', async () => {
      const stores = [store, opened.other];
      const changes = Array.from({ length: 20 }, async (_, n) => await stores[n % 2]?.put({ ...KEY, requests: n }, 0));
      expect((await Promise.all(changes)).filter((changed) => changed)).toHaveLength(1);
    });

    it('removes a key, and keeps counting versions when none is left', async () => {
      await store.put(KEY, 0);
      const before = await store.version();
      expect(await store.remove(KEY.name, before)).toBe(true);
      const { version, keys } = await store.read();
      expect([keys, version > before]).toEqual([[], true]);
    });
  });
}
