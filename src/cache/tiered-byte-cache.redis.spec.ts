import { emptiedRedis } from '../../test/support/emptied-redis.js';
import { eventually } from '../../test/support/eventually.js';
import { startRedis, type StartedRedis } from '../../test/support/start-redis.js';
import { FakeRedisObserver } from '../redis/redis-observer.fake.js';
import type { ByteCache } from './byte-cache.port.js';
import { bytes, describeByteCache, entry } from './byte-cache.contract.js';
import { FakeCacheObserver } from './cache-observer.fake.js';
import { MEMORY_ONLY } from './cache-settings.fake.js';
import { openByteCache } from './cache.providers.js';

const unobserved = new FakeRedisObserver();

const server = emptiedRedis();

async function openOnRedis(observer = new FakeCacheObserver(), url = server.url): Promise<ByteCache> {
  return await openByteCache({ ...MEMORY_ONLY, redisUrl: url }, observer, unobserved);
}

describeByteCache('TieredByteCache on Redis', openOnRedis);

describe('TieredByteCache on Redis', () => {
  let observer: FakeCacheObserver;
  let cache: ByteCache;
  let secondCache: ByteCache;

  beforeEach(async () => {
    observer = new FakeCacheObserver();
    [cache, secondCache] = await Promise.all([openOnRedis(observer), openOnRedis()]);
  });

  afterEach(async () => {
    await Promise.all([cache.close(), secondCache.close()]);
  });

  it('does not ask Redis for values that are in memory', async () => {
    await cache.setMany([entry('a', 1)]);
    await server.admin.flushall();
    expect(await cache.getMany(['a'])).toEqual([bytes(1)]);
  });

  it('counts a synchronous hit from memory', async () => {
    await cache.setMany([entry('a', 1)]);
    cache.getFromMemory('a');
    cache.getFromMemory('b');
    expect(observer.lookups).toEqual([{ tier: 'memory', hits: 1, misses: 0 }]);
  });

  it('asks Redis only for the other values, and returns all in order', async () => {
    await secondCache.setMany([entry('b', 2), entry('d', 4)]);
    await cache.setMany([entry('a', 1), entry('c', 3)]);
    expect(await cache.getMany(['a', 'b', 'x', 'c', 'd'])).toEqual([bytes(1), bytes(2), undefined, bytes(3), bytes(4)]);
    expect(observer.lookups).toEqual([
      { tier: 'memory', hits: 2, misses: 3 },
      { tier: 'redis', hits: 2, misses: 1 },
    ]);
  });

  it('keeps in memory the values that it found in Redis', async () => {
    await secondCache.setMany([entry('a', 1)]);
    await cache.getMany(['a']);
    await server.admin.flushall();
    expect(await cache.getMany(['a'])).toEqual([bytes(1)]);
  });

  it('deletes from the memory of the other processes too', async () => {
    await cache.setMany([entry('a', 1), entry('b', 2)]);
    await secondCache.getMany(['a', 'b']);
    await cache.deleteMany(['a']);
    await eventually('forgetting a', () => secondCache.getFromMemory('a') === undefined);
    expect(secondCache.getFromMemory('b')).toEqual(bytes(2));
    expect(await secondCache.getMany(['a'])).toEqual([undefined]);
  });

  it('clears the memory of the other processes too', async () => {
    await cache.setMany([entry('a', 1)]);
    await secondCache.getMany(['a']);
    await cache.clear();
    await eventually('forgetting all', () => secondCache.getFromMemory('a') === undefined);
    expect(await secondCache.getMany(['a'])).toEqual([undefined]);
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
    await eventually('noticing that Redis is gone', async () => (await cache.findFault()) !== undefined);
  });

  afterEach(async () => {
    await cache.close();
    await doomed.stop();
  });

  it('continues with its memory', async () => {
    await cache.setMany([entry('b', 2)]);
    expect(await cache.getMany(['a', 'b', 'c'])).toEqual([bytes(1), bytes(2), undefined]);
    expect(await cache.size()).toMatchObject({ entries: 2 });
  });

  it('rejects a deletion, because other processes would keep their copies', async () => {
    await expect(cache.deleteMany(['a'])).rejects.toThrow('Redis cannot be reached');
    await expect(cache.clear()).rejects.toThrow('Redis cannot be reached');
  });

  it('forgets all values when Redis is back, because it missed invalidations meanwhile', async () => {
    const back = await startRedis(doomed.port);
    await eventually('forgetting all', () => cache.getFromMemory('a') === undefined);
    await eventually('reaching Redis again', async () => (await cache.findFault()) === undefined);
    await cache.setMany([entry('b', 2)]);
    await back.stop();
    expect(cache.getFromMemory('b')).toEqual(bytes(2));
  });
});
