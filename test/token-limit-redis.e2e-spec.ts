import { randomUUID } from 'node:crypto';
import { embed } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { makeKey } from './support/make-key.js';
import { readMetric } from './support/read-metric.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(90_000);

const LIMIT = 200;

describe('the token limit of two processes on one Redis', () => {
  const names = ['fresh', 'mixed', 'local', 'back', 'probe'];
  const keys = new Map(names.map((name) => [name, makeKey(name)]));
  let redis: StartedRedis;
  let services: readonly StartedService[];

  beforeAll(async () => {
    redis = await startRedis();
    const settings = {
      REDIS_URL: redis.url,
      API_KEYS: [...keys.values()].map(({ entry }) => entry).join(','),
      RATE_LIMIT_REQUESTS: '0',
      RATE_LIMIT_TOKENS: `${LIMIT}`,
      RATE_LIMIT_WINDOW: '3600',
      EMBEDDING_WORKERS: '1',
    };
    services = await Promise.all([startService(settings), startService(settings)]);
    await untilLocal(false); // the first call to each process may take longer than the timeout of Redis
  });

  function headersOf(name: string): Readonly<Record<string, string>> {
    return keys.get(name)?.headers ?? {};
  }

  async function untilLocal(isLocal: boolean): Promise<void> {
    for (const { url } of services) {
      await eventually(`a limit that is ${isLocal ? 'local' : 'shared'}`, async () => {
        await embed(url, 'a', headersOf('probe'));
        return (await readMetric(url, 'token_limit_local_fallback')) === (isLocal ? 1 : 0);
      });
    }
  }

  /** Makes 80 parallel calls of one key, half of them to each process; returns the tokens of those that passed. */
  async function passedTokens(name: string, textOf: (call: number) => string): Promise<number> {
    const urls = Array.from({ length: 40 }, () => services.map(({ url }) => url)).flat();
    const answers = await Promise.all(urls.map((url, call) => embed(url, textOf(call), headersOf(name))));
    expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    return answers.filter(({ status }) => status === 200).reduce((sum, { body }) => sum + body.tokens, 0);
  }

  it('is never passed, and is used up to the last text that fits', async () => {
    const passed = await passedTokens('fresh', () => randomUUID());
    expect(passed).toBeLessThanOrEqual(LIMIT);
    expect(passed).toBeGreaterThan(LIMIT - 40); // a UUID has fewer than 40 tokens
  });

  it('is never passed by texts that are cached, new, or in computation for another call', async () => {
    const passed = await passedTokens('mixed', (call) => (call % 4 === 0 ? randomUUID() : `one of ${call % 3} texts`));
    expect(passed).toBeLessThanOrEqual(LIMIT);
    expect(passed).toBeGreaterThan(LIMIT - 40);
  });

  it('is local to each process while Redis is gone, and shared again when it is back', async () => {
    await redis.crash();
    await untilLocal(true);
    const alone = await passedTokens('local', () => randomUUID());
    expect(alone).toBeLessThanOrEqual(2 * LIMIT);
    expect(alone).toBeGreaterThan(2 * (LIMIT - 40));

    redis = await startRedis(redis.port);
    await untilLocal(false);
    expect(await passedTokens('back', () => randomUUID())).toBeLessThanOrEqual(LIMIT);
  });
});
