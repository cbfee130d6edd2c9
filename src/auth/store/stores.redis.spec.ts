import { emptiedRedis } from '../../../test/support/emptied-redis.js';
import { startRedisCluster, type StartedRedisCluster } from '../../../test/support/start-redis-cluster.js';
import { connectRedis, type RedisClient } from '../../redis/index.js';
import { describeKeyStore } from './key-store.contract.js';
import { RedisKeyStore } from './redis-key-store.js';
import { RedisUsageStore } from './redis-usage-store.js';
import { describeUsageStore } from './usage-store.contract.js';
import { NO_USE } from './usage-store.port.js';

const redis = emptiedRedis();
let opened = 0;

/** Two stores of two processes, which share a Redis. */
async function openTwo<Store>(url: string, make: (client: RedisClient, prefix: string) => Store) {
  const prefix = `${opened++}:`;
  const clients = await Promise.all([connectRedis(url, 'test'), connectRedis(url, 'test')]);
  const [store, other] = clients.map((client) => make(client, prefix)) as [Store, Store];
  const close = (): Promise<void> => {
    for (const client of clients) client.disconnect();
    return Promise.resolve();
  };
  return { store, other, close };
}

describeKeyStore('RedisKeyStore', async () => await openTwo(redis.url, (client, prefix) => new RedisKeyStore(client, prefix)));
describeUsageStore('RedisUsageStore', async () => await openTwo(redis.url, (client, prefix) => new RedisUsageStore(client, prefix)));

describe('The stores of keys in Redis', () => {
  it('never give a version again after Redis has lost its keys', async () => {
    let now = 1_000;
    const { store, close } = await openTwo(redis.url, (client) => new RedisKeyStore(client, '', () => now));
    const key = { name: 'search', role: 'client', createdAt: 1, secrets: [] } as const;
    await store.put(key, 0);
    const before = await store.version();
    await redis.admin.flushall();
    now += 1;
    expect(await store.version()).toBe(0);
    await store.put(key, 0);
    expect(await store.version()).toBeGreaterThan(before);
    await close();
  });

  it('keep each day of usage for a hundred days', async () => {
    const { store, close } = await openTwo(redis.url, (client) => new RedisUsageStore(client, ''));
    await store.add({ id: 'a', rows: [{ ...NO_USE, day: '2026-11-30', name: 'search', requests: 1 }] });
    const days = (await redis.admin.ttl('embedding:{keys}:usage:day:2026-11-30')) / 86_400;
    expect([days > 100, days <= 101]).toEqual([true, true]);
    await close();
  });

  it('reject with `unavailable` while Redis is gone', async () => {
    const { store, close } = await openTwo(redis.url, (client) => new RedisKeyStore(client, ''));
    await close();
    await expect(store.version()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('Redis that keeps keys') });
  });
});

describe('On a cluster', () => {
  let cluster: StartedRedisCluster;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);

  afterAll(async () => {
    await cluster.stop();
  });

  describeKeyStore('RedisKeyStore', async () => await openTwo(cluster.url, (client, prefix) => new RedisKeyStore(client, prefix)));
  describeUsageStore('RedisUsageStore', async () => await openTwo(cluster.url, (client, prefix) => new RedisUsageStore(client, prefix)));
});
