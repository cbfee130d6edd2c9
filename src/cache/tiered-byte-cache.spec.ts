import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { compilePrograms } from '../../test/support/compile-programs.js';
import { emptiedRedis } from '../../test/support/emptied-redis.js';
import { startRedis, type StartedRedis } from '../../test/support/start-redis.js';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { SettingsError } from '../config/index.js';
import { FakeRedisObserver } from '../redis/redis-observer.fake.js';
import type { ByteCache } from './byte-cache.port.js';
import { bytes, describeByteCache, entry } from './byte-cache.contract.js';
import { FakeCacheObserver } from './cache-observer.fake.js';
import { openByteCache } from './cache.providers.js';
import { LmdbByteCache } from './lmdb-byte-cache.js';
import { MemoryByteCache } from './memory-byte-cache.js';
import { TieredByteCache } from './tiered-byte-cache.js';

const SETTINGS = { memoryBytes: 4_194_304, renderedBytes: 0, ttlSeconds: 3600, timeoutMs: 500, disk: undefined, redisKeyPrefix: '' };
const unobserved = new FakeRedisObserver();
const UNUSABLE_DISK = { folder: '/dev/null/cache', maxBytes: 4_194_304 };
const RECONNECTS_WITHIN_MS = 5_000;
const writerProgram = new URL('disk-writer-thread.js', compilePrograms(join(__dirname, 'disk'), [join(__dirname, '../lmdb')]));

const server = emptiedRedis();

async function openInMemory(observer = new FakeCacheObserver()): Promise<ByteCache> {
  return await openByteCache({ ...SETTINGS, redisUrl: undefined }, observer, unobserved);
}

async function openOnRedis(observer = new FakeCacheObserver(), url = server.url): Promise<ByteCache> {
  return await openByteCache({ ...SETTINGS, redisUrl: url }, observer, unobserved);
}

function openOnDisk(observer = new FakeCacheObserver(), folder = temporaryFolder()): TieredByteCache {
  const disk = LmdbByteCache.open({ folder, maxBytes: 4_194_304, ttlMs: 3_600_000, writerProgram }, observer);
  const memory = new MemoryByteCache({ maxBytes: 4_194_304, ttlMs: 60_000 });
  return new TieredByteCache({ memory, shared: { tier: 'disk', cache: disk, invalidations: disk.invalidations } }, observer);
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + RECONNECTS_WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${RECONNECTS_WITHIN_MS} ms`);
    await setImmediate();
  }
}

describeByteCache('TieredByteCache without Redis', openInMemory);
describeByteCache('TieredByteCache on Redis', openOnRedis);
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
  it('does not keep what was forgotten while it was being read', async () => {
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
  it('asks the disk for what is not in memory, and keeps that there', async () => {
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

  it('does not start without a folder that was asked for', async () => {
    const opening = openByteCache(
      { ...SETTINGS, redisUrl: undefined, disk: { ...UNUSABLE_DISK, isRequired: true } },
      new FakeCacheObserver(),
      unobserved,
    );
    await expect(opening).rejects.toThrow(SettingsError);
    await expect(opening).rejects.toThrow(/^CACHE_DIR=\/dev\/null\/cache cannot be used \(.*ENOTDIR.*off$/);
  });

  it('goes on in memory where the default folder cannot be used', async () => {
    const cache = await openByteCache(
      { ...SETTINGS, redisUrl: undefined, disk: { ...UNUSABLE_DISK, isRequired: false } },
      new FakeCacheObserver(),
      unobserved,
    );
    await cache.setMany([entry('a', 1)]);
    expect(await cache.getMany(['a'])).toEqual([bytes(1)]);
    await cache.close();
  });
});

describe('TieredByteCache on Redis', () => {
  let observer: FakeCacheObserver;
  let cache: ByteCache;
  let other: ByteCache;

  beforeEach(async () => {
    observer = new FakeCacheObserver();
    [cache, other] = await Promise.all([openOnRedis(observer), openOnRedis()]);
  });

  afterEach(async () => {
    await Promise.all([cache.close(), other.close()]);
  });

  it('does not ask Redis for what is in memory', async () => {
    await cache.setMany([entry('a', 1)]);
    await server.admin.flushall();
    expect(await cache.getMany(['a'])).toEqual([bytes(1)]);
  });

  it('counts a hit from memory that nobody waited for', async () => {
    await cache.setMany([entry('a', 1)]);
    cache.getFromMemory('a');
    cache.getFromMemory('b');
    expect(observer.lookups).toEqual([{ tier: 'memory', hits: 1, misses: 0 }]);
  });

  it('asks Redis for the rest only, and puts it where it belongs', async () => {
    await other.setMany([entry('b', 2), entry('d', 4)]);
    await cache.setMany([entry('a', 1), entry('c', 3)]);
    expect(await cache.getMany(['a', 'b', 'x', 'c', 'd'])).toEqual([bytes(1), bytes(2), undefined, bytes(3), bytes(4)]);
    expect(observer.lookups).toEqual([
      { tier: 'memory', hits: 2, misses: 3 },
      { tier: 'redis', hits: 2, misses: 1 },
    ]);
  });

  it('keeps in memory what it found in Redis', async () => {
    await other.setMany([entry('a', 1)]);
    await cache.getMany(['a']);
    await server.admin.flushall();
    expect(await cache.getMany(['a'])).toEqual([bytes(1)]);
  });

  it('deletes from the memory of the other processes too', async () => {
    await cache.setMany([entry('a', 1), entry('b', 2)]);
    await other.getMany(['a', 'b']);
    await cache.deleteMany(['a']);
    await until(() => other.getFromMemory('a') === undefined, 'forgetting a');
    expect(other.getFromMemory('b')).toEqual(bytes(2));
    expect(await other.getMany(['a'])).toEqual([undefined]);
  });

  it('clears the memory of the other processes too', async () => {
    await cache.setMany([entry('a', 1)]);
    await other.getMany(['a']);
    await cache.clear();
    await until(() => other.getFromMemory('a') === undefined, 'forgetting all');
    expect(await other.getMany(['a'])).toEqual([undefined]);
  });
});

describe('TieredByteCache when Redis goes', () => {
  let doomed: StartedRedis;
  let cache: ByteCache;

  beforeEach(async () => {
    doomed = await startRedis();
    cache = await openOnRedis(new FakeCacheObserver(), doomed.url);
    await cache.setMany([entry('a', 1)]);
    await doomed.crash();
    await until(async () => (await cache.findFault()) !== undefined, 'noticing that Redis is gone');
  });

  afterEach(async () => {
    await cache.close();
    await doomed.stop();
  });

  it('goes on with its memory', async () => {
    await cache.setMany([entry('b', 2)]);
    expect(await cache.getMany(['a', 'b', 'c'])).toEqual([bytes(1), bytes(2), undefined]);
    expect(await cache.size()).toMatchObject({ entries: 2 });
  });

  it('fails to delete, since other processes would go on with what they have', async () => {
    await expect(cache.deleteMany(['a'])).rejects.toThrow('Redis does not answer');
    await expect(cache.clear()).rejects.toThrow('Redis does not answer');
  });

  it('forgets all when Redis is back, since it missed what was said meanwhile', async () => {
    const back = await startRedis(doomed.port);
    await until(() => cache.getFromMemory('a') === undefined, 'forgetting all');
    await until(async () => (await cache.findFault()) === undefined, 'reaching Redis again');
    await cache.setMany([entry('b', 2)]);
    await back.stop();
    expect(cache.getFromMemory('b')).toEqual(bytes(2));
  });
});
