import { Redis } from 'ioredis';
import { embed } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { getJson } from './support/get-json.js';
import { jobTexts, readResults, submitJob, untilDone } from './support/jobs.js';
import { readMetric } from './support/read-metric.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { startService, type StartedService } from './support/start-service.js';
import { startSwitchProxy, type SwitchProxy } from './support/start-switch-proxy.js';

const TEXTS = 2_000;
const LIMIT = 1_000_000;

let first: StartedRedis;
let second: StartedRedis;
let proxy: SwitchProxy;
let service: StartedService;

beforeAll(async () => {
  first = await startRedis();
  second = await startRedis(undefined, { parameters: ['--replicaof', '127.0.0.1', `${first.port}`] });
  proxy = await startSwitchProxy(first.port);
  const settings = { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, RATE_LIMIT_REQUESTS: `${LIMIT}`, EMBEDDING_WORKERS: '2' };
  service = await startService(settings);
});

async function command(server: StartedRedis, act: (client: Redis) => Promise<unknown>): Promise<unknown> {
  const client = new Redis(server.url);
  const answer = await act(client);
  client.disconnect();
  return answer;
}

async function readiness(): Promise<string> {
  return JSON.stringify((await getJson(`${service.url}/health/ready`)).body);
}

describe('A master that becomes a replica with its connections open', () => {
  it('appears in readiness, metrics and log, and is replaced by the new master, where jobs and limits continue', async () => {
    await eventually('a replica in sync', async () =>
      String(await command(second, async (client) => await client.info('replication'))).includes('master_link_status:up'),
    );
    const { body: job } = await submitJob(service.url, jobTexts(TEXTS, 'failover'));
    await untilDone(service.url, job.id, 200);

    await command(first, async (client) => await client.replicaof('127.0.0.1', String(second.port)));
    await eventually('readiness that names the fault', async () => (await readiness()).includes('refuses commands (READONLY)'));
    expect((await embed(service.url, 'meanwhile')).status).toBe(200);
    await eventually(
      'refusals that are counted',
      async () => (await readMetric(service.url, 'redis_refusals_total', { role: 'cache', error: 'READONLY' })) > 0,
    );
    await eventually('a cache without Redis', async () => (await readMetric(service.url, 'redis_bypassed', { role: 'cache' })) === 1);
    expect(await readMetric(service.url, 'embedding_job_store_up')).toBe(0);

    await command(second, async (client) => await client.replicaof('NO', 'ONE'));
    proxy.target = second.port;
    const done = await untilDone(service.url, job.id);
    expect(done).toMatchObject({ status: 'completed', progress: { total: TEXTS, completed: TEXTS, failed: 0 } });
    const results = await readResults(service.url, job.id);
    expect(results.map(({ index, embedding }) => [index, embedding?.length])).toEqual(
      Array.from({ length: TEXTS }, (_, index) => [index, 384]),
    );
    await eventually('readiness', async () => (await readiness()).includes('"status":"ok"'));
    await eventually('the cache with Redis', async () => (await readMetric(service.url, 'redis_bypassed', { role: 'cache' })) === 0);
    const lines = service.stdout().split('\n');
    expect(lines.filter((line) => line.includes('Redis refuses commands of the cache: READONLY'))).toHaveLength(1);
    // 'no answer within': a command took too long on a busy machine, which is true and no fault. So may reading the keys.
    const silent = lines.filter((line) => line.includes('"context":"Redis"') && line.includes('does not answer'));
    expect(silent.filter((line) => !line.includes('no answer within'))).toEqual([]);
  });
});
