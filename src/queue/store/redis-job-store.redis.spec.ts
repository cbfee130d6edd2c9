import { Redis } from 'ioredis';
import { startRedis, type StartedRedis } from '../../../test/support/start-redis.js';
import { describeJobStore } from './job-store.contract.js';
import { RedisJobStore } from './redis-job-store.js';
import { submissionOf } from './submission.fake.js';

jest.setTimeout(60_000);

let redis: StartedRedis;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(async () => {
  await redis.stop();
});

async function connect(): Promise<Redis> {
  const client = new Redis(redis.url, { enableOfflineQueue: true });
  await client.flushall();
  return client;
}

describeJobStore('RedisJobStore', async (options) => new RedisJobStore(await connect(), options));

describe('RedisJobStore', () => {
  const options = { now: () => 1_800_000_000_000, ttlMs: 1000 };
  const upload = { id: 'job_1', owner: 'me', account: 'me', kind: 'job' };

  it('says that there is no room when Redis is at its limit and may not evict', async () => {
    const client = await connect();
    const store = new RedisJobStore(client, options);
    await store.create(upload);
    await client.config('SET', 'maxmemory', '1');
    await expect(store.addChunk('job_1', 0, [{ text: 'a' }])).rejects.toMatchObject({ code: 'insufficient_storage' });
    await store.discard('job_1');
    await client.config('SET', 'maxmemory', '0');
    expect(await client.keys('*')).toEqual([]);
    await store.close();
  });

  it('ends a job that took too long while Redis is full, which makes room', async () => {
    const client = await connect();
    let now = 1_800_000_000_000;
    const store = new RedisJobStore(client, { now: () => now, ttlMs: 1000 });
    await store.create(upload);
    await store.addChunk('job_1', 0, [{ text: 'a' }]);
    await store.submit(submissionOf('job_1'));
    await client.config('SET', 'maxmemory', '1');
    now += 2000;
    expect(await store.expire(10)).toBe(1);
    await client.config('SET', 'maxmemory', '0');
    expect(await store.get('job_1')).toMatchObject({ status: 'failed', error: { code: 'expired' } });
    expect(await client.keys('*texts*')).toEqual([]);
    await store.close();
  });

  it('knows the open jobs and the messages that an older version has written', async () => {
    const client = await connect();
    const store = new RedisJobStore(client, options);
    for (const id of ['job_open', 'job_ended']) {
      await store.create({ ...upload, id });
      await store.addChunk(id, 0, [{ text: 'a' }]);
      const webhookUrl = 'https://example.org';
      await store.submit(submissionOf(id, { webhookUrl }));
    }
    await store.stop('job_ended', 'cancelled');
    const byAccount = ['open:me', 'messages:me', 'share-texts', 'message-accounts'].map((name) => `embedding:{jobs}:${name}`);
    expect(await client.del(...byAccount)).toBe(byAccount.length);
    await client.hdel('embedding:{jobs}:job:job_ended', 'account');
    await client.zadd('embedding:{jobs}:messages', 1, 'job_ended');

    expect((await store.openJobs(10)).map(({ id }) => id)).toEqual(['job_open']);
    expect(await store.shares()).toEqual([{ account: 'me', jobs: 1, texts: 1 }]);
    const order = { limit: 10, leaseMs: 1000, perAccount: 10, perDestination: 10, underway: [] };
    expect(await store.takeMessages(order)).toMatchObject([{ job: { id: 'job_ended' }, tries: 0 }]);
    await store.close();
  });

  it('says that Redis cannot be reached', async () => {
    const client = new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined);
    const store = new RedisJobStore(client, options);
    await expect(store.create(upload)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await store.findFault()).toBe('cannot be reached');
  });
});
