import { emptiedRedis } from '../../test/support/emptied-redis.js';
import { startRedis } from '../../test/support/start-redis.js';
import { connectRedis, type RedisClient } from '../redis/index.js';
import { RedisThrottlerStorage } from './redis-throttler-storage.js';
import { describeThrottlerStorage, type TimedThrottlerStorage } from './throttler-storage.contract.js';

const WINDOW_MS = 60_000;
const KEY = 'embedding:ratelimit:caller';

const server = emptiedRedis();
let connection: RedisClient;

beforeAll(async () => {
  connection = await connectRedis(server.url, 'rate-limit');
});

afterAll(() => {
  connection.disconnect();
});

/** Redis's clock cannot be set, so this moves the counted calls into the past. */
async function moveIntoThePast(milliseconds: number): Promise<void> {
  for (const key of await server.admin.keys('embedding:ratelimit:*')) {
    for (const member of await server.admin.zrange(key, 0, '-1')) await server.admin.zincrby(key, -milliseconds, member);
  }
}

function openRedis(): TimedThrottlerStorage {
  return { storage: new RedisThrottlerStorage(connection), pass: moveIntoThePast };
}

describeThrottlerStorage('RedisThrottlerStorage', openRedis);

describe('RedisThrottlerStorage', () => {
  it('counts the calls of all processes together', async () => {
    const connections = await Promise.all([1, 2].map(() => connectRedis(server.url, 'rate-limit')));
    const processes = connections.map((redis) => new RedisThrottlerStorage(redis));
    const records = await Promise.all(
      processes.flatMap((storage) => Array.from({ length: 25 }, () => storage.increment('caller', WINDOW_MS, 20))),
    );
    for (const storage of processes) storage.close();
    expect(records.filter(({ isBlocked }) => !isBlocked)).toHaveLength(20);
  });

  it('keeps nothing of a caller who sends no more calls', async () => {
    await new RedisThrottlerStorage(connection).increment('caller', WINDOW_MS, 20);
    const remaining = await server.admin.pttl(KEY);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(WINDOW_MS);
  });

  it.each([2_000, 10 * WINDOW_MS])(
    'makes no caller wait longer than a window when the clock of Redis steps back by %i ms',
    async (step) => {
      const { storage } = openRedis();
      const call = async (): ReturnType<typeof storage.increment> => await storage.increment('caller', WINDOW_MS, 2, WINDOW_MS, 'default');
      await call();
      await call();
      await moveIntoThePast(-step);
      const refused = await call();
      expect([refused.isBlocked, refused.timeToBlockExpire]).toEqual([true, WINDOW_MS / 1000]);
      expect(await server.admin.pttl(KEY)).toBeLessThanOrEqual(WINDOW_MS);
      await moveIntoThePast(WINDOW_MS);
      expect((await call()).isBlocked).toBe(false);
    },
  );

  it('keeps the order of the calls when the clock of Redis steps back', async () => {
    const { storage } = openRedis();
    const call = async (): ReturnType<typeof storage.increment> => await storage.increment('caller', WINDOW_MS, 2, WINDOW_MS, 'default');
    await call();
    await moveIntoThePast(WINDOW_MS / 2);
    await call();
    await moveIntoThePast(-10 * WINDOW_MS);
    expect(await call()).toMatchObject({ isBlocked: true, timeToBlockExpire: WINDOW_MS / 2000 });
  });

  it('stores no more calls of a caller than the limit', async () => {
    const storage = new RedisThrottlerStorage(connection);
    await Promise.all(Array.from({ length: 50 }, () => storage.increment('caller', WINDOW_MS, 5)));
    expect(await server.admin.zcard(KEY)).toBe(5);
  });

  it('costs eight commands of Redis, the script included, as the capacity plan says', async () => {
    const storage = new RedisThrottlerStorage(connection);
    await storage.increment('caller', WINDOW_MS, 5);
    await server.admin.config('RESETSTAT');
    await storage.increment('caller', WINDOW_MS, 5);
    const commands = [...(await server.admin.info('commandstats')).matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].filter(
      ([, name]) => !['config|resetstat', 'info'].includes(name ?? ''),
    );
    expect(commands.reduce((sum, [, , calls]) => sum + Number(calls), 0)).toBe(8);
  });

  it('fails when Redis is gone', async () => {
    const doomed = await startRedis();
    const storage = new RedisThrottlerStorage(await connectRedis(doomed.url, 'rate-limit'));
    await doomed.crash();
    await expect(storage.increment('caller', WINDOW_MS, 5)).rejects.toThrow(/Connection|Stream/);
    storage.close();
  });
});
