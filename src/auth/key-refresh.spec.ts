import { Logger } from '@nestjs/common';
import { ServiceError } from '../errors/index.js';
import { FakeRedisObserver } from '../redis/redis-observer.fake.js';
import { KeyDirectory } from './key-directory.js';
import { KeyRefresh } from './key-refresh.js';
import { hashOf } from './new-key.js';
import type { KeyStore, StoredKey, StoredKeys } from './store/key-store.port.js';

const STORE = { kind: 'embedded', folder: '' } as const;
const SECRET = 'a secret';

/** Answers what the test has set, when the test lets it. */
class FakeKeyStore implements KeyStore {
  stored: StoredKeys = { version: 0, keys: [] };
  fault: Error | undefined;
  gate = Promise.resolve();
  reads = 0;

  version(): Promise<number> {
    return this.fault === undefined ? Promise.resolve(this.stored.version) : Promise.reject(this.fault);
  }

  async read(): Promise<StoredKeys> {
    this.reads++;
    const { stored } = this;
    await this.gate;
    return stored;
  }

  put(): Promise<boolean> {
    return Promise.resolve(false);
  }

  remove(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

function keyNamed(name: string): StoredKey {
  return { name, role: 'client', createdAt: 1, secrets: [{ hash: hashOf(SECRET), createdAt: 1 }] };
}

let store: FakeKeyStore;
let directory: KeyDirectory;
let observer: FakeRedisObserver;
let refresh: KeyRefresh;

beforeEach(() => {
  Logger.overrideLogger(false);
  store = new FakeKeyStore();
  directory = new KeyDirectory({ apiKeys: [], keysFile: undefined, adminKey: 'the-key-of-the-admin', store: STORE });
  observer = new FakeRedisObserver();
  refresh = new KeyRefresh(directory, { store, file: undefined, observer });
});

describe('KeyRefresh', () => {
  it('reads the keys only when their version has changed', async () => {
    await refresh.look();
    await refresh.look();
    expect([store.reads, directory.needsKey, directory.isUncertain]).toEqual([1, false, false]);
    store.stored = { version: 7, keys: [keyNamed('search')] };
    await refresh.look();
    await refresh.look();
    expect([store.reads, directory.withSecret(SECRET)?.name, directory.needsKey]).toEqual([2, 'search', true]);
  });

  it('keeps the last known keys while the store does not answer, and reports it once', async () => {
    store.stored = { version: 7, keys: [keyNamed('search')] };
    await refresh.look();
    store.fault = new ServiceError('unavailable', 'gone', { cause: new Error('Connection is closed.') });
    await refresh.look();
    await refresh.look();
    expect(directory.withSecret(SECRET)?.name).toBe('search');
    store.fault = undefined;
    await refresh.look();
    expect(observer.changes).toEqual(['keys with Redis', 'keys without Redis', 'keys with Redis']);
    expect(observer.faults[1]).toBe('cannot be reached');
  });

  it('leaves open who may call until the keys were read once', async () => {
    store.fault = new Error('gone');
    await refresh.look();
    expect([directory.isUncertain, directory.needsKey]).toEqual([true, false]);
    store.fault = undefined;
    await refresh.look();
    expect(directory.isUncertain).toBe(false);
  });

  it('keeps the last known keys if the store is suddenly empty, and takes those that are stored later', async () => {
    store.stored = { version: 7, keys: [keyNamed('search')] };
    await refresh.look();
    store.stored = { version: 0, keys: [] };
    await refresh.look();
    expect([directory.withSecret(SECRET)?.name, directory.needsKey]).toEqual(['search', true]);
    store.stored = { version: 9, keys: [keyNamed('other')] };
    await refresh.look();
    expect(directory.withSecret(SECRET)?.name).toBe('other');
  });

  it('never replaces newer keys by an answer that was on its way', async () => {
    let open: () => void = () => undefined;
    store.stored = { version: 7, keys: [keyNamed('older')] };
    store.gate = new Promise((resolve) => (open = resolve));
    const first = refresh.look();
    await Promise.resolve();
    const second = refresh.readNow();
    store.stored = { version: 8, keys: [keyNamed('newer')] };
    open();
    await Promise.all([first, second]);
    expect(directory.withSecret(SECRET)?.name).toBe('newer');
  });
});
