import { Redis } from 'ioredis';
import { emptiedRedis } from '../../../test/support/emptied-redis.js';
import { describeBlobStore } from './blob-store.contract.js';
import { describeDocumentStore } from './document-store.contract.js';
import { RedisBlobStore } from './redis-blob-store.js';
import { RedisDocumentStore } from './redis-document-store.js';

const redis = emptiedRedis();

describeDocumentStore('RedisDocumentStore', () => Promise.resolve(new RedisDocumentStore(new Redis(redis.url))));
describeBlobStore('RedisBlobStore', () => Promise.resolve(new RedisBlobStore(redis.admin)));

describe('RedisBlobStore', () => {
  it('does not say that it has stored what Redis has lost meanwhile', async () => {
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
