import { embed, type ErrorBody } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { getJson } from './support/get-json.js';
import { postJson } from './support/post-json.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(120_000);

const ADMIN_KEY = 'a-key-for-tests-only';
const AS_ADMIN = { 'x-api-key': ADMIN_KEY };

let redis: StartedRedis;
let services: StartedService[] = [];

async function start(settings: Readonly<Record<string, string>> = {}): Promise<StartedService> {
  const service = await startService({
    REDIS_URL: redis.url,
    REDIS_KEY_PREFIX: 'test:',
    RATE_LIMIT_REQUESTS: '0',
    EMBEDDING_WORKERS: '1',
    ADMIN_KEY,
    ...settings,
  });
  services.push(service);
  return service;
}

beforeEach(async () => {
  redis = await startRedis();
});

afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  services = [];
  await redis.stop();
});

async function create(url: string, body: object): Promise<string> {
  return (await postJson<{ secret: string }>(`${url}/keys`, body, AS_ADMIN)).body.secret;
}

async function revoke(url: string, name: string): Promise<number> {
  return (await fetch(`${url}/keys/${name}`, { method: 'DELETE', headers: AS_ADMIN })).status;
}

async function statusOf({ url }: StartedService, secret: string): Promise<number> {
  return (await embed(url, 'a text', { 'x-api-key': secret })).status;
}

async function until(status: number, service: StartedService, secret: string): Promise<void> {
  await eventually(`an answer ${status}`, async () => (await statusOf(service, secret)) === status);
}

/** Until then an instance without keys is open, and does not look at secrets. */
async function untilClosed({ url }: StartedService): Promise<void> {
  await eventually('an instance that asks for a key', async () => (await embed(url, 'a text')).status === 401);
}

async function requestsOf({ url }: StartedService, name: string): Promise<number> {
  const { data } = (await getJson<{ data: readonly { name: string; requests: number }[] }>(`${url}/keys/usage`, AS_ADMIN)).body;
  return data.find((row) => row.name === name)?.requests ?? 0;
}

describe('Two instances on one Redis', () => {
  it('share keys: what one creates, rotates or revokes counts on the other', async () => {
    const [first, second] = [await start(), await start()];
    const secret = await create(first.url, { name: 'search' });
    await untilClosed(second);
    expect(await statusOf(second, secret)).toBe(200);
    const rotated = await postJson<{ secret: string }>(`${second.url}/keys/search/rotate`, { overlap_seconds: 0 }, AS_ADMIN);
    await until(401, first, secret);
    expect(await statusOf(first, rotated.body.secret)).toBe(200);

    expect(await revoke(second.url, 'search')).toBe(204);
    await until(401, first, rotated.body.secret);
    expect((await embed(first.url, 'a text')).status).toBe(401); // the last key is gone, and nothing is open
  });

  it('keep keys over a restart, and sum their use', async () => {
    const [first, second] = [await start(), await start()];
    const secret = await create(first.url, { name: 'search' });
    await untilClosed(second);
    expect([await statusOf(first, secret), await statusOf(second, secret)]).toEqual([200, 200]);
    await eventually('the use of both', async () => (await requestsOf(first, 'search')) === 2);
    await statusOf(second, secret); // counted when it stops
    await Promise.all([first.stop(), second.stop()]);

    const third = await start();
    expect([await requestsOf(third, 'search'), await statusOf(third, secret)]).toEqual([3, 200]);
  });

  it('go on with the last known keys while Redis is gone, and when it comes back empty', async () => {
    const first = await start();
    const secret = await create(first.url, { name: 'search' });
    await redis.crash();
    await eventually('the log', () => first.stdout().includes('The stored keys cannot be read, so the last known ones stay in use'));
    expect([await statusOf(first, secret), (await embed(first.url, 'a text')).status]).toEqual([200, 401]);
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(503);
    const refused = await postJson<ErrorBody>(`${first.url}/keys`, { name: 'other' }, AS_ADMIN);
    expect([refused.status, refused.body.message]).toEqual([503, expect.stringContaining('The Redis that keeps keys')]);

    redis = await startRedis(redis.port);
    await eventually('the log', () => first.stdout().includes('The store of keys has lost all keys'));
    expect([await statusOf(first, secret), (await embed(first.url, 'a text')).status]).toEqual([200, 401]);
  });

  it('let no caller in who may need a key, if Redis is gone at the start', async () => {
    await redis.crash();
    const service = await start();
    const { status, headers, body } = await postJson<ErrorBody>(`${service.url}/embed`, { text: 'a text' });
    expect([status, headers.get('retry-after'), body.message]).toEqual([
      503,
      '1',
      expect.stringContaining('stored keys could not be read'),
    ]);
    expect(await statusOf(service, ADMIN_KEY)).toBe(200);
    redis = await startRedis(redis.port);
    await eventually('an open service, because there are no keys', async () => (await embed(service.url, 'a text')).status === 200);
  });
});

describe('Several HTTP processes', () => {
  it('all refuse a revoked key within a second', async () => {
    const service = await start({ WEB_CONCURRENCY: '2' });
    const answers = async (key: string): Promise<readonly number[]> =>
      await Promise.all(Array.from({ length: 8 }, async () => await statusOf(service, key)));
    const secret = await create(service.url, { name: 'search' });
    await eventually('all processes that ask for a key', async () => (await answers('')).every((status) => status === 401));
    expect(new Set(await answers(secret))).toEqual(new Set([200]));
    await revoke(service.url, 'search');
    await eventually('refusals by all', async () => (await answers(secret)).every((status) => status === 401));
    expect(new Set(await answers(secret))).toEqual(new Set([401]));
  });
});
