import { emptiedRedis } from '../../../test/support/emptied-redis.js';
import { startRedis } from '../../../test/support/start-redis.js';
import { connectRedis, type RedisClient } from '../../redis/index.js';
import { RedisTokenStorage } from './redis-token-storage.js';
import { describeTokenStorage, type TimedTokenStorage } from './token-storage.contract.js';

const WINDOW_MS = 60_000;
const SLOT_MS = 600;
const LIMIT = { tokens: 100, windowMs: WINDOW_MS };
const KEY = 'embedding:tokenlimit:caller';

const server = emptiedRedis();
let connection: RedisClient;

beforeAll(async () => {
  connection = await connectRedis(server.url, 'token-limit');
});

afterAll(() => {
  connection.disconnect();
});

/** Redis's clock cannot be set, so this moves the counted tokens into the past. */
async function moveIntoThePast(milliseconds: number): Promise<void> {
  const slots = milliseconds / SLOT_MS;
  for (const key of await server.admin.keys('embedding:tokenlimit:*')) {
    const { used = '', first = '', last = '', ...tokens } = await server.admin.hgetall(key);
    const moved = Object.entries(tokens).flatMap(([slot, count]) => [Number(slot) - slots, count]);
    await server.admin.del(key);
    await server.admin.hset(key, 'used', used, 'first', Number(first) - slots, 'last', Number(last) - slots, ...moved);
  }
}

function openRedis(): TimedTokenStorage {
  return { storage: new RedisTokenStorage(connection), pass: moveIntoThePast };
}

describeTokenStorage('RedisTokenStorage', openRedis);

describe('RedisTokenStorage', () => {
  it('counts the tokens of all processes together', async () => {
    const connections = await Promise.all([1, 2].map(() => connectRedis(server.url, 'token-limit')));
    const processes = connections.map((redis) => new RedisTokenStorage(redis));
    const requests = processes.flatMap((storage) => Array.from({ length: 25 }, () => storage.reserve('caller', 9, LIMIT)));
    const reservations = await Promise.all(requests);
    for (const redis of connections) redis.disconnect();
    expect(reservations.filter(({ isRefused }) => !isRefused)).toHaveLength(11);
  });

  it('gives back no tokens that have left the window', async () => {
    const storage = new RedisTokenStorage(connection);
    const reservation = await storage.reserve('caller', 100, LIMIT);
    await moveIntoThePast(SLOT_MS); // its slot now belongs to other tokens
    await reservation.giveBack(100);
    expect(await storage.reserve('caller', 1, LIMIT)).toMatchObject({ isRefused: true, used: 100 });
  });

  it.each([2_400, 10 * WINDOW_MS])(
    'makes no caller wait longer than a window when the clock of Redis steps back by %i ms',
    async (step) => {
      const { storage } = openRedis();
      await storage.reserve('caller', 100, LIMIT);
      await moveIntoThePast(-step);
      const refused = await storage.reserve('caller', 1, LIMIT);
      expect(refused).toMatchObject({ isRefused: true, used: 100 });
      expect(refused.resetSeconds).toBeLessThanOrEqual(Math.ceil((WINDOW_MS + SLOT_MS) / 1000));
      await moveIntoThePast(WINDOW_MS + SLOT_MS);
      expect(await storage.reserve('caller', 1, LIMIT)).toMatchObject({ isRefused: false, used: 1 });
    },
  );

  it('does not keep the key of a caller longer for calls that it refuses', async () => {
    const { storage } = openRedis();
    await storage.reserve('caller', 100, LIMIT);
    await server.admin.pexpire(KEY, 5_000);
    await storage.reserve('caller', 1, LIMIT);
    expect(await server.admin.pttl(KEY)).toBeLessThanOrEqual(5_000);
  });

  it('keeps nothing of a caller who sends no more calls', async () => {
    await new RedisTokenStorage(connection).reserve('caller', 1, LIMIT);
    const remaining = await server.admin.pttl(KEY);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(WINDOW_MS + SLOT_MS);
  });

  it('stores at most one slot for each hundredth of the window', async () => {
    const timed = openRedis();
    for (let request = 0; request < 250; request++) {
      await timed.storage.reserve('caller', 1, { ...LIMIT, tokens: 1000 });
      await timed.pass(SLOT_MS);
    }
    expect(await server.admin.hlen(KEY)).toBeLessThanOrEqual(104);
  });

  it('fails when Redis is gone', async () => {
    const doomed = await startRedis();
    const redis = await connectRedis(doomed.url, 'token-limit');
    await doomed.crash();
    await expect(new RedisTokenStorage(redis).reserve('caller', 5, LIMIT)).rejects.toThrow(/Connection|Stream/);
    redis.disconnect();
  });
});
