import { emptiedRedis } from '../../test/support/emptied-redis.js';
import { startRedis, type StartedRedis } from '../../test/support/start-redis.js';
import { within } from '../../test/support/within.js';
import { connectRedis, RedisBreaker } from '../redis/index.js';
import { bytes, describeByteCache, entry } from './byte-cache.contract.js';
import { FakeCacheObserver } from './cache-observer.fake.js';
import { FakeRedisObserver } from '../redis/redis-observer.fake.js';
import { RedisByteCache } from './redis-byte-cache.js';
import { openRedisValues } from './redis-values.js';

const TTL_MS = 60_000;
const ANSWERS_WITHIN_MS = 400;
/** A caller would notice more. */
const SOON_MS = 1_000;

const server = emptiedRedis();

async function openCache(observer = new FakeCacheObserver(), url = server.url): Promise<RedisByteCache> {
  const client = await connectRedis(url, 'cache');
  const values = openRedisValues(client, { ttlMs: TTL_MS, keyPrefix: '' });
  const probe = async (): Promise<void> => await values.probe();
  const redis = new RedisBreaker(client, { role: 'cache', timeoutMs: ANSWERS_WITHIN_MS, observer: new FakeRedisObserver(), probe });
  return new RedisByteCache(redis, values, observer);
}

/** A counter of Redis's INFO, such as `cmdstat_mget:calls` or `total_reads_processed`. */
async function counter(section: string, name: string): Promise<number> {
  const info = await server.admin.info(section);
  return Number(new RegExp(`${name}[:=](\\d+)`).exec(info)?.[1] ?? 0);
}

const hundredKeys = Array.from({ length: 100 }, (_, index) => `key ${index}`);

describeByteCache('RedisByteCache', openCache);

describe('RedisByteCache', () => {
  let cache: RedisByteCache;

  beforeEach(async () => {
    cache = await openCache();
  });

  afterEach(async () => {
    await cache.close();
  });

  it('lets each value expire', async () => {
    await cache.setMany([entry('a', 1)]);
    const remaining = await server.admin.pttl('embedding:vector:a');
    expect(remaining).toBeGreaterThan(TTL_MS - SOON_MS);
    expect(remaining).toBeLessThanOrEqual(TTL_MS);
  });

  it('reads any number of keys with one command', async () => {
    await server.admin.config('RESETSTAT');
    await cache.getMany(hundredKeys);
    expect([await counter('commandstats', 'cmdstat_mget:calls'), await counter('commandstats', 'cmdstat_get:calls')]).toEqual([1, 0]);
  });

  it('writes any number of values with one message', async () => {
    const before = await counter('stats', 'total_reads_processed');
    await cache.setMany(hundredKeys.map((key) => entry(key, 1)));
    const messages = (await counter('stats', 'total_reads_processed')) - before - 1; // one of them is the question itself
    expect(await server.admin.dbsize()).toBe(100);
    expect(messages).toBeLessThanOrEqual(3); // one, which the network may cut
  });

  it('leaves other keys alone', async () => {
    await server.admin.set('somebody else', 'x');
    await cache.setMany([entry('a', 1)]);
    expect(await cache.clear()).toBe(1);
    expect(await server.admin.keys('*')).toEqual(['somebody else']);
  });

  it('misses a key that holds another kind of value', async () => {
    await server.admin.lpush('embedding:vector:a', 'x');
    await cache.setMany([entry('b', 2)]);
    expect(await cache.getMany(['a', 'b'])).toEqual([undefined, bytes(2)]);
  });

  it('continues when Redis refuses to store, and reports it', async () => {
    const observer = new FakeCacheObserver();
    const full = await openCache(observer);
    await server.admin.config('SET', 'maxmemory', '1');
    try {
      await full.setMany([entry('a', 1)]);
    } finally {
      await server.admin.config('SET', 'maxmemory', '0');
      await full.close();
    }
    expect(observer.failures).toEqual(['redis write']);
  });

  it('reports nothing without a fault', async () => {
    const observer = new FakeCacheObserver();
    const watched = await openCache(observer);
    await watched.setMany([entry('a', 1)]);
    await watched.getMany(['a', 'b']);
    await watched.close();
    expect(observer.failures).toEqual([]);
  });
});

describe.each([
  { how: 'gone', says: /^cannot be reached$/, fail: (redis: StartedRedis) => redis.crash() },
  {
    how: 'hanging',
    says: /^(does not answer|cannot be reached)$/, // the second after three probes, when the connection is renewed
    fail: (redis: StartedRedis) => {
      redis.pause();
      return Promise.resolve();
    },
  },
])('RedisByteCache while Redis is $how', ({ fail, says }) => {
  let observer: FakeCacheObserver;
  let cache: RedisByteCache;
  let doomed: StartedRedis;

  beforeAll(async () => {
    doomed = await startRedis();
    observer = new FakeCacheObserver();
    cache = await openCache(observer, doomed.url);
    await cache.setMany([entry('a', 1)]);
    await fail(doomed);
  });

  afterAll(async () => {
    await cache.close();
    await doomed.crash();
  });

  it('misses, and reports it', async () => {
    expect(await within(SOON_MS, cache.getMany(['a', 'b']), 'reading')).toEqual([undefined, undefined]);
    expect(observer.failures).toContain('redis read');
  });

  it('ignores a write that fails, and reports it', async () => {
    await within(SOON_MS, cache.setMany([entry('c', 3), entry('d', 4)]), 'writing');
    expect(observer.failures).toContain('redis write');
  });

  it('rejects a deletion, because entries may be left', async () => {
    await expect(within(SOON_MS, cache.deleteMany(['a']), 'deleting')).rejects.not.toThrow(/not within/);
    await expect(within(SOON_MS, cache.clear(), 'clearing')).rejects.not.toThrow(/not within/);
  });

  it('misses without asking Redis after five failures in a row, and reports it', async () => {
    for (let read = 0; read < 5; read++) await cache.getMany(['a']);
    const failures = observer.failures.length;
    expect(await cache.getMany(['a', 'b'])).toEqual([undefined, undefined]);
    await cache.setMany([entry('c', 3)]);
    expect([observer.bypasses.at(-1), observer.failures.length]).toEqual(['redis 2', failures]);
  });

  it('reports the fault', async () => {
    expect(await within(SOON_MS, cache.findFault(), 'asking')).toMatch(says);
  });
});
