import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { compilePrograms } from '../../test/support/compile-programs.js';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { SettingsError } from '../config/index.js';
import { FakeRedisObserver } from '../redis/redis-observer.fake.js';
import type { ByteCache } from './byte-cache.port.js';
import { bytes, describeByteCache, entry } from './byte-cache.contract.js';
import { FakeCacheObserver } from './cache-observer.fake.js';
import { MEMORY_ONLY } from './cache-settings.fake.js';
import { openByteCache } from './cache.providers.js';
import { LmdbByteCache } from './lmdb-byte-cache.js';
import { MemoryByteCache } from './memory-byte-cache.js';
import { TieredByteCache } from './tiered-byte-cache.js';

const unobserved = new FakeRedisObserver();
const UNUSABLE_DISK = { folder: '/dev/null/cache', maxBytes: 4_194_304, reserveBytes: 0 };
const writerProgram = new URL(
  'disk-writer-thread.js',
  compilePrograms(join(__dirname, 'disk'), [join(__dirname, '../lmdb'), join(__dirname, '../link'), join(__dirname, '../errors')]),
);

beforeAll(() => {
  Logger.overrideLogger(false);
});

async function openInMemory(observer = new FakeCacheObserver()): Promise<ByteCache> {
  return await openByteCache({ ...MEMORY_ONLY, redisUrl: undefined }, observer, unobserved);
}

function openOnDisk(observer = new FakeCacheObserver(), folder = temporaryFolder()): TieredByteCache {
  const disk = LmdbByteCache.open({ folder, maxBytes: 4_194_304, ttlMs: 3_600_000, writerProgram }, observer);
  const memory = new MemoryByteCache({ maxBytes: 4_194_304, ttlMs: 60_000 });
  return new TieredByteCache({ memory, shared: { tier: 'disk', cache: disk, invalidations: disk.invalidations } }, observer);
}

describeByteCache('TieredByteCache without Redis', openInMemory);
describeByteCache('TieredByteCache on a disk', () => Promise.resolve(openOnDisk()));

describe('TieredByteCache without Redis', () => {
  it('counts hits and misses of memory only', async () => {
    const observer = new FakeCacheObserver();
    const cache = await openInMemory(observer);
    await cache.setMany([entry('a', 1)]);
    await cache.getMany(['a', 'b', 'c']);
    expect(observer.lookups).toEqual([{ tier: 'memory', hits: 1, misses: 2 }]);
  });
});

describe('TieredByteCache', () => {
  it('does not keep a value that was invalidated while it was being read', async () => {
    const shared = new MemoryByteCache({ maxBytes: 4_194_304, ttlMs: 60_000 });
    const memory = new MemoryByteCache({ maxBytes: 4_194_304, ttlMs: 60_000 });
    const invalidations = { onMessage: () => undefined };
    const cache = new TieredByteCache({ memory, shared: { tier: 'redis', cache: shared, invalidations } }, new FakeCacheObserver());
    await shared.setMany([entry('a', 1)]);
    const value = bytes(1);
    let answer: (values: readonly Uint8Array[]) => void = () => undefined;
    const slow = jest.spyOn(shared, 'getMany').mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const reading = cache.getMany(['a']);
    await cache.deleteMany(['a']);
    answer([value]);
    expect(await reading).toEqual([value]);
    slow.mockRestore();
    expect(await cache.getMany(['a'])).toEqual([undefined]);
  });
});

describe('TieredByteCache on a disk', () => {
  it('asks the disk for values that are not in memory, and keeps them in memory', async () => {
    const folder = temporaryFolder();
    const before = openOnDisk(new FakeCacheObserver(), folder);
    await before.setMany([entry('a', 1)]);
    await before.close();

    const observer = new FakeCacheObserver();
    const cache = openOnDisk(observer, folder);
    expect(cache.getFromMemory('a')).toBeUndefined();
    expect(await cache.getMany(['a', 'b'])).toEqual([bytes(1), undefined]);
    expect(cache.getFromMemory('a')).toEqual(bytes(1));
    expect(observer.lookups).toEqual([
      { tier: 'memory', hits: 0, misses: 2 },
      { tier: 'disk', hits: 1, misses: 1 },
      { tier: 'memory', hits: 1, misses: 0 },
    ]);
    await cache.close();
  });

  it('does not start if the configured folder cannot be used', async () => {
    const opening = openByteCache(
      { ...MEMORY_ONLY, redisUrl: undefined, disk: { ...UNUSABLE_DISK, isRequired: true } },
      new FakeCacheObserver(),
      unobserved,
    );
    await expect(opening).rejects.toThrow(SettingsError);
    await expect(opening).rejects.toThrow(/^CACHE_DIR=\/dev\/null\/cache cannot be used \(.*ENOTDIR.*off$/);
  });

  it('continues in memory if the default folder cannot be used', async () => {
    const cache = await openByteCache(
      { ...MEMORY_ONLY, redisUrl: undefined, disk: { ...UNUSABLE_DISK, isRequired: false } },
      new FakeCacheObserver(),
      unobserved,
    );
    await cache.setMany([entry('a', 1)]);
    expect(await cache.getMany(['a'])).toEqual([bytes(1)]);
    await cache.close();
  });
});
