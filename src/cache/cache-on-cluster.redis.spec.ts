import { Logger } from '@nestjs/common';
import { eventually } from '../../test/support/eventually.js';
import { startRedisCluster, type StartedRedisCluster } from '../../test/support/start-redis-cluster.js';
import { FakeRedisObserver } from '../redis/redis-observer.fake.js';
import { bytes, describeByteCache, entry } from './byte-cache.contract.js';
import type { ByteCache } from './byte-cache.port.js';
import { FakeCacheObserver } from './cache-observer.fake.js';
import { MEMORY_ONLY } from './cache-settings.fake.js';
import { openByteCache } from './cache.providers.js';

jest.setTimeout(60_000);

const KEYS = Array.from({ length: 100 }, (_, index) => `key ${index}`);

let cluster: StartedRedisCluster;

beforeAll(async () => {
  Logger.overrideLogger(false); // nodes that are killed are expected here
  cluster = await startRedisCluster();
});

afterAll(async () => {
  await cluster.stop();
});

async function openCache(redisKeyPrefix = '', { timeoutMs }: Pick<typeof MEMORY_ONLY, 'timeoutMs'> = MEMORY_ONLY): Promise<ByteCache> {
  const settings = { ...MEMORY_ONLY, redisUrl: cluster.url, redisKeyPrefix, timeoutMs };
  return await openByteCache(settings, new FakeCacheObserver(), new FakeRedisObserver());
}

describeByteCache('The cache on a cluster', async () => {
  await cluster.flush(); // counts are of all keys
  return await openCache('', { timeoutMs: 10_000 }); // six servers share a busy machine, and no late write may be lost
});

describe('The cache on a cluster', () => {
  it('shares values of all slots with another process, and deletes them for both, but not those under another prefix', async () => {
    const [first, second, unrelated] = [await openCache('a:'), await openCache('a:'), await openCache('b:')];
    await first.setMany(KEYS.map((key, index) => entry(key, index)));
    await unrelated.setMany([entry('key 7', 70)]);
    expect(await second.getMany(KEYS)).toEqual(KEYS.map((_, index) => bytes(index)));
    expect(await first.deleteMany(['key 7', 'key 8'])).toBe(2);
    await eventually('values forgotten', async () => (await second.getMany(['key 7', 'key 8'])).every((value) => value === undefined));
    expect([await first.clear(), await unrelated.getMany(['key 7'])]).toEqual([KEYS.length - 2, [bytes(70)]]);
    for (const cache of [first, second, unrelated]) await cache.close();
  });

  it('has its values again after a replica has taken over from a killed master', async () => {
    const [first, second] = [await openCache('c:'), await openCache('c:')];
    await first.setMany(KEYS.map((key, index) => entry(key, index)));
    await cluster.masters[0]?.crash();
    await eventually('all values', async () => (await second.getMany(KEYS)).every((value) => value !== undefined));
    await eventually('a deletion that is seen', async () => {
      await first.deleteMany(['key 1']).catch(() => undefined);
      return (await second.getMany(['key 1']))[0] === undefined;
    });
    expect((await second.getMany(KEYS)).filter((value) => value === undefined)).toHaveLength(1);
    for (const cache of [first, second]) await cache.close();
  });
});
