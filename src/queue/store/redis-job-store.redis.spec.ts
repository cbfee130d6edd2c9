import { Redis } from 'ioredis';
import { startRedis, type StartedRedis } from '../../../test/support/start-redis.js';
import { describeJobStore } from './job-store.contract.js';
import { RedisJobStore } from './redis-job-store.js';

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
  const upload = { id: 'job_1', owner: 'me', kind: 'job', space: 'space', webhookUrl: undefined };

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
    await store.submit({ jobId: 'job_1', total: 1, idempotency: undefined, maxOpenJobs: 1 });
    await client.config('SET', 'maxmemory', '1');
    now += 2000;
    expect(await store.expire(10)).toBe(1);
    await client.config('SET', 'maxmemory', '0');
    expect(await store.get('job_1')).toMatchObject({ status: 'failed', error: { code: 'expired' } });
    expect(await client.keys('*texts*')).toEqual([]);
    await store.close();
  });

  it('says that Redis does not answer, and is not reachable then', async () => {
    const client = new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined);
    const store = new RedisJobStore(client, options);
    await expect(store.create(upload)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await store.isReachable()).toBe(false);
  });
});
