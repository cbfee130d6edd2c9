import { embed } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { readMetric } from './support/read-metric.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(90_000);

const LIMIT = 20;

describe('the rate limit of two processes on one Redis', () => {
  let redis: StartedRedis;
  let services: readonly StartedService[];

  beforeAll(async () => {
    redis = await startRedis();
    const settings = { REDIS_URL: redis.url, RATE_LIMIT_REQUESTS: `${LIMIT}`, RATE_LIMIT_WINDOW: '3600', TRUST_PROXY: '1' };
    services = await Promise.all([startService(settings), startService(settings)]);
  });

  /** Makes 50 parallel calls of one caller, half of them to each process; returns how many passed. */
  async function passedOf50(caller: string): Promise<number> {
    const urls = Array.from({ length: 25 }, () => services.map(({ url }) => url)).flat();
    const answers = await Promise.all(urls.map((url) => embed(url, 'a text', { 'x-forwarded-for': caller })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    return statuses.filter((status) => status === 200).length;
  }

  async function untilLocal(isLocal: boolean, caller: string): Promise<void> {
    for (const { url } of services) {
      await eventually(`a limit that is ${isLocal ? 'local' : 'shared'}`, async () => {
        await embed(url, 'a text', { 'x-forwarded-for': caller });
        return (await readMetric(url, 'rate_limit_local_fallback')) === (isLocal ? 1 : 0);
      });
    }
  }

  it('lets exactly 20 through in total', async () => {
    expect(await passedOf50('10.0.0.1')).toBe(LIMIT);
  });

  it('is local to each process while Redis is gone, and shared again when it is back', async () => {
    await redis.crash();
    await untilLocal(true, '10.0.0.2');
    expect(await passedOf50('10.0.0.3')).toBe(2 * LIMIT);

    redis = await startRedis(redis.port);
    await untilLocal(false, '10.0.0.4');
    expect(await passedOf50('10.0.0.5')).toBe(LIMIT);
  });

  it('is local to each process while Redis hangs', async () => {
    redis.pause();
    await untilLocal(true, '10.0.0.6');
    const answer = await embed(services[0]?.url ?? '', 'a text', { 'x-forwarded-for': '10.0.0.7' });
    redis.resume();

    expect(answer.status).toBe(200);
    await untilLocal(false, '10.0.0.8');
    expect(await passedOf50('10.0.0.9')).toBe(LIMIT);
  });
});
