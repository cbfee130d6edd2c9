import { Redis } from 'ioredis';
import { emptiedRedis } from '../../../test/support/emptied-redis.js';
import { startRedisCluster, type StartedRedisCluster } from '../../../test/support/start-redis-cluster.js';
import { connectRedis, type RedisClient } from '../../redis/index.js';
import { describeBlobStore } from './blob-store.contract.js';
import { describeDocumentStore } from './document-store.contract.js';
import { RedisBlobStore } from './redis-blob-store.js';
import { RedisDocumentStore } from './redis-document-store.js';

const redis = emptiedRedis();

describeDocumentStore('RedisDocumentStore', () => Promise.resolve(new RedisDocumentStore(new Redis(redis.url))));
describeBlobStore('RedisBlobStore', () => Promise.resolve(new RedisBlobStore(redis.admin)));

describe('RedisBlobStore', () => {
  it('rejects if Redis has lost a part of the content meanwhile', async () => {
    const store = new RedisBlobStore(redis.admin);
    async function* content(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(300_000, 1);
      const [unfinished = ''] = await redis.admin.keys('*part:*');
      await redis.admin.del(unfinished);
      yield Buffer.alloc(300_000, 2);
    }
    await expect(store.write('a', content())).rejects.toMatchObject({ code: 'unavailable' });
    expect(await redis.admin.keys('*blob:a')).toEqual([]);
  });
});

const OLDER = [
  ['a', { owner: 'me' }],
  ['b', { owner: 'you' }],
  ['c', { owner: 'me' }],
] as const;

describe('RedisDocumentStore', () => {
  it('finds documents of an older version by owner, also while the older version still runs', async () => {
    const store = new RedisDocumentStore(redis.admin);
    for (const [id, value] of OLDER) await store.put('file', id, value, 0);
    const mine = async (): Promise<readonly string[]> =>
      (await store.list({ kind: 'file', owner: 'me', order: 'ascending', limit: 10 })).map(({ id }) => id);
    await redis.admin.del('embedding:{files}:owned:file');
    expect(await mine()).toEqual(['a', 'c']);
    await redis.admin.hset('embedding:{files}:documents:file', 'd', '1 {"owner":"me"}');
    await redis.admin.zadd('embedding:{files}:ids:file', 0, 'd');
    expect(await mine()).toEqual(['a', 'c', 'd']);
  });
});

describe('On a cluster', () => {
  let cluster: StartedRedisCluster;
  let opened = 0;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);

  afterAll(async () => {
    await cluster.stop();
  });

  describeDocumentStore('RedisDocumentStore', async () => new RedisDocumentStore(await connectRedis(cluster.url, 'test'), `${opened++}:`));
  describeBlobStore('RedisBlobStore', async () => {
    const client = await connectRedis(cluster.url, 'test');
    clients.push(client);
    return new RedisBlobStore(client, `${opened++}:`);
  });

  const clients: RedisClient[] = [];
  afterAll(() => {
    for (const client of clients) client.disconnect();
  });
});
