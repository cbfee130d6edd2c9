import { Redis } from 'ioredis';
import { embed } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { readMetric } from './support/read-metric.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { startService, type StartedService } from './support/start-service.js';
import { startSlowProxy, type SlowProxy } from './support/start-slow-proxy.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** A delay far above CACHE_TIMEOUT_MS. */
const TOO_SLOW_MS = 500;
const ROLES = ['cache', 'rate-limit'];
/** A Redis that takes over a second to read a hundred keys from disk, and answers LOADING during that time. */
const SLOW_LOADING = ['--key-load-delay', '20000', '--loading-process-events-interval-bytes', '1024', '--dbfilename', 'slow.rdb'];

let redis: StartedRedis;
let proxy: SlowProxy;
let first: StartedService;
let second: StartedService;
let texts = 0;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startSlowProxy(redis.port);
  const settings = {
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    RATE_LIMIT_REQUESTS: '1000000',
    READY_REQUIRES_REDIS: 'false',
    EMBEDDING_WORKERS: '1',
  };
  [first, second] = await Promise.all([startService(settings), startService(settings)]);
});

async function admin(act: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(redis.url);
  await act(client);
  client.disconnect();
}

async function saveHundredKeys(folder: string): Promise<void> {
  const source = await startRedis(undefined, { cwd: folder, parameters: ['--dbfilename', 'slow.rdb'] });
  const client = new Redis(source.url);
  await client.mset(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key ${index}`, 'x'.repeat(1000)])));
  await client.save();
  client.disconnect();
  await source.crash();
}

async function restartLoading(): Promise<void> {
  const cwd = temporaryFolder();
  await saveHundredKeys(cwd);
  await redis.crash();
  redis = await startRedis(redis.port, { cwd, parameters: SLOW_LOADING, until: /Server initialized|Running mode/ });
}

/** A text that was not sent yet. */
async function askSomethingNew({ url }: StartedService): Promise<{ readonly status: number; readonly cached: boolean }> {
  const { status, body } = await embed(url, `text ${texts++}`);
  return { status, cached: body.cached };
}

async function isShared(): Promise<boolean> {
  const text = `shared ${texts++}`;
  await embed(first.url, text);
  return (await embed(second.url, text)).body.cached;
}

async function bypassed({ url }: StartedService): Promise<number> {
  const flags = await Promise.all(ROLES.map(async (role) => await readMetric(url, 'redis_bypassed', { role })));
  return flags.reduce((sum, flag) => sum + flag, 0);
}

async function lookups(result: 'error' | 'bypassed'): Promise<number> {
  return await readMetric(first.url, 'embedding_cache_lookups_total', { tier: 'redis', result });
}

async function restart(): Promise<void> {
  redis = await startRedis(redis.port);
}

function pause(): Promise<void> {
  redis.pause();
  return Promise.resolve();
}

function resume(): Promise<void> {
  redis.resume();
  return Promise.resolve();
}

function delayBy(milliseconds: number): () => Promise<void> {
  return () => {
    proxy.delayMs = milliseconds;
    return Promise.resolve();
  };
}

const faults = [
  { fault: 'hangs', fail: pause, heal: resume },
  { fault: 'is killed', fail: () => redis.crash(), heal: restart },
  { fault: 'is behind a slow network', fail: delayBy(TOO_SLOW_MS), heal: delayBy(0) },
];

describe('a service whose Redis', () => {
  it.each(faults)('$fault answers every request, stops asking Redis, and shares again by itself', async ({ fail, heal }) => {
    await eventually('a shared cache', isShared);
    await fail();
    const answers = [];
    while ((await bypassed(first)) < ROLES.length) answers.push(await askSomethingNew(first));
    const errors = await lookups('error');
    for (let more = 0; more < 5; more++) answers.push(await askSomethingNew(first));

    expect(answers.filter(({ status, cached }) => status !== 200 || cached)).toEqual([]);
    expect([await lookups('error'), await lookups('bypassed')]).toEqual([errors, expect.any(Number)]);
    expect(await lookups('bypassed')).toBeGreaterThanOrEqual(5);
    expect([await readMetric(first.url, 'rate_limit_local_fallback'), (await fetch(`${first.url}/health/ready`)).status]).toEqual([1, 200]);

    await heal();
    await eventually('the use of Redis', async () => (await bypassed(first)) === 0);
    await eventually('a shared cache', isShared);
    expect(await readMetric(first.url, 'rate_limit_local_fallback')).toBe(0);
  });

  it('is full and may not evict answers every request, and stores again when there is room', async () => {
    await eventually('a shared cache', isShared);
    await admin((client) => client.config('SET', 'maxmemory', '1', 'maxmemory-policy', 'noeviction'));
    const answers = [];
    for (let request = 0; request < 12; request++) answers.push(await askSomethingNew(first));

    expect(answers.filter(({ status, cached }) => status !== 200 || cached)).toEqual([]);
    expect([await isShared(), await bypassed(first)]).toEqual([false, 1]); // the cache cannot store
    // A script that has begun to write may continue, and the limit writes only a few bytes for a call.
    expect(await readMetric(first.url, 'rate_limit_local_fallback')).toBe(0);

    await admin((client) => client.config('SET', 'maxmemory', '0'));
    await eventually('a shared cache', isShared);
    await eventually('a Redis that every role uses', async () => (await bypassed(first)) === 0);
  });

  it('was restarted empty computes again and shares again', async () => {
    const { url } = first;
    await embed(url, 'before the restart');
    await redis.crash();
    await restart();

    await eventually('a miss of the memory, which cannot know what it missed', async () => {
      const { status, body } = await embed(url, 'before the restart', { 'cache-control': 'no-store' });
      return status === 200 && !body.cached;
    });
    await eventually('a shared cache', isShared);
  });

  it('is still loading its data answers every request, and shares when it is done', async () => {
    const goneWithout = async (): Promise<number> => (await lookups('error')) + (await lookups('bypassed'));
    const before = await goneWithout();
    await restartLoading();
    const answers: { readonly status: number }[] = [];
    await eventually('a shared cache', async () => {
      answers.push(await askSomethingNew(first));
      return await isShared();
    });

    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await goneWithout()).toBeGreaterThan(before);
    await eventually('the use of Redis', async () => (await bypassed(first)) === 0);
  });
});
