import { Redis } from 'ioredis';
import { embed, embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { postJson } from './support/post-json.js';
import { readMetric } from './support/read-metric.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(90_000);

const ADMIN_KEY = 'a-key-for-tests-only';
/** The bytes of a stored vector: a header, then float32 values. */
const VALUE_BYTES = 12 + 384 * 4;

let redis: StartedRedis;
let first: StartedService;
let second: StartedService;

async function start(settings: Readonly<Record<string, string>> = { ADMIN_KEY }): Promise<StartedService> {
  const common = { REDIS_URL: redis.url, RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1', CACHE_TIMEOUT_MS: '500' };
  return await startService({ ...common, ...settings });
}

beforeAll(async () => {
  redis = await startRedis();
  [first, second] = await Promise.all([start(), start()]);
});

async function isCached({ url }: StartedService, text: string): Promise<boolean> {
  return (await embed(url, text)).body.cached;
}

async function invalidate({ url }: StartedService, body: object): Promise<unknown> {
  return (await postJson(`${url}/cache/invalidate`, body, { authorization: `Bearer ${ADMIN_KEY}` })).body;
}

async function statusOf({ url }: StartedService, path: string): Promise<number> {
  return (await fetch(url + path)).status;
}

describe('the cache of two processes on one Redis', () => {
  it('shares the vectors of both, with the same bits and counts', async () => {
    const text = 'word '.repeat(500);
    const computed = await embed(first.url, text);
    const stored = await embed(second.url, text);

    expect(computed.body.cached).toBe(false);
    expect(stored.body).toEqual({ ...computed.body, cached: true });
    expect(stored.headers.get('x-cache')).toBe('hit');
    expect(stored.body).toMatchObject({ tokens: 256, truncated: true });
  });

  it('has a hit rate for each process, not for the Redis', async () => {
    const third = await start();
    expect(await readMetric(third.url, 'embedding_cache_hit_rate')).toBe(0);
    await embedBatch(third.url, ['only the third asks for this', 'word '.repeat(500)]);
    expect(await readMetric(third.url, 'embedding_cache_hit_rate')).toBe(0.5);
    expect(await readMetric(third.url, 'embedding_cache_lookups_total', { tier: 'redis', result: 'hit' })).toBe(1);
    await third.stop();
  });

  it('survives a restart', async () => {
    await embed(second.url, 'before the restart');
    expect(await second.stop()).toBe(0);
    second = await start();
    expect(await isCached(second, 'before the restart')).toBe(true);
  });

  it('holds vectors as float32 for CACHE_TTL, and no text', async () => {
    const texts = ['the first secret sentence', 'the second secret sentence'];
    await embedBatch(first.url, texts);
    const client = new Redis(redis.url);
    const keys = await client.keys('embedding:vector:*');
    const values = await Promise.all(keys.map((key) => client.getBuffer(key)));
    const lifetimes = await Promise.all(keys.map((key) => client.ttl(key)));
    client.disconnect();

    expect(keys.length).toBeGreaterThanOrEqual(texts.length);
    expect(new Set(values.map((value) => value?.length))).toEqual(new Set([VALUE_BYTES]));
    expect(Buffer.concat(values.map((value) => value ?? Buffer.alloc(0))).includes('secret')).toBe(false);
    expect(keys.join()).not.toContain('secret');
    for (const lifetime of lifetimes) expect(lifetime).toBeGreaterThan(86_000);
  });

  it('deletes in both the texts that one is told to delete', async () => {
    await embedBatch(first.url, ['forget me', 'keep me']);
    expect([await isCached(second, 'forget me'), await isCached(second, 'keep me')]).toEqual([true, true]);

    expect(await invalidate(first, { texts: ['forget me'] })).toEqual({ removed: 1 });
    await eventually('a miss in the other process', async () => !(await isCached(second, 'forget me')));
    expect(await isCached(first, 'keep me')).toBe(true);
  });

  it('deletes everything in both', async () => {
    await embedBatch(first.url, ['forget me', 'me too']);
    await embedBatch(second.url, ['forget me', 'me too']);
    const { removed } = (await invalidate(first, { all: true })) as { removed: number };

    expect(removed).toBeGreaterThanOrEqual(2);
    await eventually('a miss in the other process', async () => !(await isCached(second, 'me too')));
  });
});

describe('while Redis is gone', () => {
  it('texts are computed, and readiness says so until it is back', async () => {
    expect(await statusOf(first, '/health/ready')).toBe(200);
    await redis.crash();
    const answers = await Promise.all(['x', 'y', 'z'].map((text) => embed(first.url, `while Redis is gone: ${text}`)));

    expect(answers.map(({ status, body }) => [status, body.cached])).toEqual([1, 2, 3].map(() => [200, false]));
    await eventually('a 503 of readiness', async () => (await statusOf(first, '/health/ready')) === 503);
    expect([await statusOf(first, '/health'), await statusOf(first, '/health/live'), await statusOf(first, '/stats')]).toEqual([
      200, 200, 200,
    ]);

    redis = await startRedis(redis.port);
    await eventually('a 200 of readiness', async () => (await statusOf(first, '/ready')) === 200);
    await embed(first.url, 'after Redis is back');
    await eventually('a hit in the other process', async () => await isCached(second, 'after Redis is back'));
  });

  it('an invalidation is refused, because the text may come back', async () => {
    await redis.crash();
    const { status, body } = await postJson(`${first.url}/cache/invalidate`, { all: true }, { authorization: `Bearer ${ADMIN_KEY}` });
    redis = await startRedis(redis.port);

    expect([status, body]).toEqual([503, expect.objectContaining({ statusCode: 503, code: 'unavailable' })]);
  });

  it('a service starts, and connects later', async () => {
    await redis.crash();
    const late = await start({}); // with ADMIN_KEY there may be keys in Redis, so callers without one wait until it is read
    expect((await embed(late.url, 'a text')).status).toBe(200);
    expect(await statusOf(late, '/ready')).toBe(503);

    redis = await startRedis(redis.port);
    await eventually('a 200 of readiness', async () => (await statusOf(late, '/ready')) === 200);
  });
});

describe('while Redis hangs', () => {
  it('texts are still computed', async () => {
    redis.pause();
    const startedAt = performance.now();
    const answers = await Promise.all(['x', 'y', 'z'].map((text) => embed(first.url, `while Redis hangs: ${text}`)));
    const ms = performance.now() - startedAt;
    redis.resume();

    expect(answers.map(({ status, body }) => [status, body.cached])).toEqual([1, 2, 3].map(() => [200, false]));
    expect(ms).toBeLessThan(5000);
  });
});
