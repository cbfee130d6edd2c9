import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { KeptMetrics } from '../src/replicas/metrics-history.js';
import { childPids } from './support/child-pids.js';
import { embedBatch, type EmbedBody } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { freePort } from './support/free-port.js';
import { isAlive } from './support/is-alive.js';
import { readResults, submitJob, untilDone } from './support/jobs.js';
import { longTexts } from './support/long-texts.js';
import { onOwnConnection, type PlainAnswer } from './support/on-own-connection.js';
import { readMetric } from './support/read-metric.js';
import { untilBusy } from './support/read-stats.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { spawnService, type StartedService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(120_000);

const ADMIN_KEY = 'a key of the tests';
const PROCESSES = 3;
const LIMIT = 50;

let redis: StartedRedis;
let admin: Redis;
let service: StartedService;

beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.url);
});

afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

async function embedAs(caller: string, text: string): Promise<PlainAnswer> {
  return await onOwnConnection(`${service.url}/embed`, { text }, { 'x-forwarded-for': caller });
}

async function isComputed(text: string, caller: string): Promise<boolean> {
  const { cached } = JSON.parse((await embedAs(caller, text)).text) as EmbedBody;
  return !cached;
}

/** Embeds a new text in one process, then in all when Redis has its vector; returns how often it was computed. */
async function computedByAll(text: string, caller: string): Promise<number> {
  const stored = await storedVectors();
  let computed = (await isComputed(text, caller)) ? 1 : 0;
  await eventually('the vector in Redis', async () => (await storedVectors()) > stored);
  for (let sent = 0; sent < 4 * PROCESSES; sent++) if (await isComputed(text, caller)) computed++;
  return computed;
}

async function storedVectors(): Promise<number> {
  return (await admin.keys('embedding:vector:*')).length;
}

/** The HTTP processes and all processes that they have started. */
function family({ pid }: StartedService): readonly number[] {
  const httpProcesses = childPids(pid);
  return [...httpProcesses, ...httpProcesses.flatMap(childPids)];
}

describe('three HTTP processes on one port', () => {
  const dataDir = join(temporaryFolder(), 'data');
  /** A caller that has used up its limit. */
  let limited = '';

  beforeAll(async () => {
    service = await startService({
      REDIS_URL: redis.url,
      DATA_DIR: dataDir,
      CACHE_TIMEOUT_MS: '500',
      WEB_CONCURRENCY: `${PROCESSES}`,
      EMBEDDING_WORKERS: '3',
      RATE_LIMIT_REQUESTS: `${LIMIT}`,
      RATE_LIMIT_WINDOW: '3600',
      TRUST_PROXY: '1',
      SHUTDOWN_TIMEOUT_MS: '60000',
      ADMIN_KEY,
    });
  });

  it('print their address once, when all listen', async () => {
    expect(service.stdout().match(/Listening on/g)).toHaveLength(1);
    expect(childPids(service.pid)).toHaveLength(PROCESSES);
    expect(await readMetric(service.url, 'embedding_http_processes')).toBe(PROCESSES);
    expect(await readMetric(service.url, 'embedding_workers')).toBe(3);
  });

  it('have one limit: of 200 parallel requests on 200 connections exactly 50 pass', async () => {
    // A call that Redis answers late is counted by one process alone, as designed; a busy machine makes some late.
    let rounds = 0;
    const answers = await eventually('a round of calls that Redis counts', async () => {
      limited = `10.0.1.${++rounds}`;
      const given = await Promise.all(Array.from({ length: 200 }, () => embedAs(limited, 'a text')));
      return given.filter(({ status }) => status === 429).length === 200 - LIMIT && given;
    });
    const remaining = answers.filter(({ status }) => status === 200).map(({ headers }) => Number(headers['x-ratelimit-remaining']));

    expect(remaining.sort((left, right) => left - right)).toEqual([...Array(LIMIT).keys()]);
    expect(await readMetric(service.url, 'rate_limit_local_fallback')).toBe(0);
  });

  it('give common counts from every process', async () => {
    const sent = await Promise.all(Array.from({ length: 30 }, (_, index) => embedAs('10.0.0.2', `text ${index % 10}`)));
    expect(sent.filter(({ status }) => status === 200)).toHaveLength(30);

    for (let asked = 0; asked < 2 * PROCESSES; asked++) {
      const { text } = await onOwnConnection(`${service.url}/metrics`);
      expect(text).toContain('\nhttp_requests_total{method="POST",route="/embed",status="200"} 80\n');
      expect(text).toContain('\nhttp_requests_total{method="POST",route="/embed",status="429"} 150\n');
      expect(text.match(/^# TYPE http_requests_total /gm)).toHaveLength(1);
      const stats = JSON.parse((await onOwnConnection(`${service.url}/stats`, undefined, { 'x-forwarded-for': '10.0.0.3' })).text) as {
        readonly cache: { readonly hits: number; readonly misses: number; readonly hit_rate: number };
      };
      expect(stats.cache.hits + stats.cache.misses).toBe(80);
      expect(stats.cache.hit_rate).toBeCloseTo(stats.cache.hits / 80);
      expect(text).toContain(`\nembedding_cache_hit_rate ${stats.cache.hit_rate}\n`);
    }
  });

  it('keep one history of all, which every process gives', async () => {
    const lastKept = async (): Promise<number> => {
      const { text } = await onOwnConnection(`${service.url}/metrics/history`);
      return (JSON.parse(text) as KeptMetrics).series['embedding_requests_total']?.at(-1) ?? 0;
    };
    await eventually('a sample after the requests', async () => (await lastKept()) === 80);
    for (let asked = 0; asked < 2 * PROCESSES; asked++) expect(await lastKept()).toBe(80);
  });

  it('add up the use of a key', async () => {
    const keyed = Array.from({ length: 9 }, () => onOwnConnection(`${service.url}/embed`, { text: 'text 0' }, { 'x-api-key': ADMIN_KEY }));
    expect((await Promise.all(keyed)).map(({ status }) => status)).toEqual(keyed.map(() => 200));

    const { text } = await onOwnConnection(`${service.url}/stats`, undefined, { 'x-api-key': ADMIN_KEY });
    expect(JSON.parse(text)).toMatchObject({ keys: [{ name: 'ADMIN_KEY', role: 'admin', requests: 10, texts: 9, job_texts: 0 }] });
  });

  it('compute a text once for all of them, and delete an invalidated text in all of them', async () => {
    const text = 'something that will be forgotten';
    expect(await computedByAll(text, '10.0.0.4')).toBe(1);
    const missed = await missesInMemory();
    const { text: answer } = await onOwnConnection(`${service.url}/cache/invalidate`, { texts: [text] }, { 'x-api-key': ADMIN_KEY });

    expect(JSON.parse(answer)).toEqual({ removed: 1 });
    expect(await isComputed(text, '10.0.0.6')).toBe(true);
    await eventually('all processes asking Redis again', async () => {
      await embedAs('10.0.0.6', text);
      return (await missesInMemory()) >= missed + PROCESSES;
    });
  });

  it('open no file on the disk, because only one process could use it', () => {
    expect(existsSync(dataDir)).toBe(false);
  });

  it('lose only running requests when one is killed, replace it, and keep its counts', async () => {
    const [victim = 0] = childPids(service.pid);
    const counted = await readMetric(service.url, 'http_requests_total');
    const clients = Array.from({ length: 12 }, (_, client) => keepAsking(client));
    await eventually('requests', async () => (await readMetric(service.url, 'http_requests_total')) > counted + 50);
    process.kill(victim, 'SIGKILL');
    await eventually('another process', async () => {
      const running = await onOwnConnection(`${service.url}/metrics`).catch(() => undefined);
      return running?.text.includes('\nembedding_http_process_restarts_total 1\n') === true && childPids(service.pid).length === PROCESSES;
    });
    const outcomes = await Promise.all(clients.map(async (client) => await client.stop()));

    expect(childPids(service.pid)).not.toContain(victim);
    expect(await readMetric(service.url, 'embedding_http_process_restarts_total')).toBe(1);
    for (const { lost } of outcomes) expect(lost).toBeLessThanOrEqual(1); // each had one running request
    expect(service.stdout()).toContain(`An HTTP process (pid ${victim}) ended with SIGKILL; another starts in 100 ms`);
    expect(outcomes.flatMap(({ statuses }) => statuses).filter((status) => status !== 200)).toEqual([]);
    expect(await readMetric(service.url, 'http_requests_total')).toBeGreaterThan(counted + 50);
    expect((await embedAs(limited, 'a text')).status).toBe(429); // the window survives the process
  });

  it('finish their requests when all of them get a signal, more than once, and leave nothing behind', async () => {
    const all = family(service);
    const batches = Array.from({ length: 6 }, (_, seed) => embedBatch(service.url, longTexts(5, seed), { 'x-forwarded-for': '10.0.0.5' }));
    await untilBusy(service.url);
    for (const pid of [service.pid, ...childPids(service.pid)]) process.kill(pid, 'SIGINT'); // as a terminal does
    service.kill('SIGINT'); // as npm does

    expect((await Promise.all(batches)).map(({ status, body }) => [status, body.count])).toEqual(batches.map(() => [200, 5]));
    expect(await service.exitCode).toBe(0);
    expect(all.filter(isAlive)).toEqual([]);
    expect(service.stderr()).toBe('');
  });

  async function missesInMemory(): Promise<number> {
    return await readMetric(service.url, 'embedding_cache_lookups_total', { tier: 'memory', result: 'miss' });
  }

  /** A client without a rate limit that sends a cheap request, each time on a new connection. */
  function keepAsking(client: number): { stop(): Promise<{ readonly lost: number; readonly statuses: readonly number[] }> } {
    const stopping = new AbortController();
    const asking = (async () => {
      const statuses: number[] = [];
      let lost = 0;
      while (!stopping.signal.aborted) {
        const answer = await onOwnConnection(`${service.url}/health?client=${client}`).catch(() => undefined);
        if (answer === undefined) lost++;
        else statuses.push(answer.status);
      }
      return { lost, statuses };
    })();
    return {
      stop: async () => {
        stopping.abort();
        return await asking;
      },
    };
  }
});

describe('two HTTP processes with a METRICS_PORT', () => {
  let metricsUrl: string;

  beforeAll(async () => {
    const port = await freePort();
    metricsUrl = `http://127.0.0.1:${port}`;
    service = await startService({
      REDIS_URL: redis.url,
      WEB_CONCURRENCY: '2',
      EMBEDDING_WORKERS: '2',
      RATE_LIMIT_REQUESTS: '0',
      CACHE_TIMEOUT_MS: '500',
      METRICS_PORT: `${port}`,
    });
  });

  it('give their sums there, serve nothing else there, and no metrics on the port of callers', async () => {
    await Promise.all(Array.from({ length: 10 }, () => embedAs('anybody', 'counted')));
    expect(await readMetric(metricsUrl, 'http_requests_total', { route: '/embed', status: '200' })).toBe(10);
    expect(await readMetric(metricsUrl, 'embedding_http_processes')).toBe(2);
    expect((await fetch(`${metricsUrl}/metrics`)).headers.get('content-type')).toContain('version=0.0.4');

    const [elsewhere, posted, ofService] = await Promise.all([
      fetch(`${metricsUrl}/health`),
      fetch(`${metricsUrl}/metrics`, { method: 'POST', body: 'a text' }),
      fetch(`${service.url}/metrics`),
    ]);
    expect([elsewhere.status, posted.status, ofService.status]).toEqual([404, 404, 404]);
    expect(await (await fetch(`${service.url}/docs-json`)).text()).not.toContain('/metrics');
  });

  it('share the vectors that each has computed', async () => {
    const found = await readMetric(metricsUrl, 'embedding_cache_lookups_total', { tier: 'redis', result: 'hit' });
    expect(await computedByAll('computed once', 'anybody')).toBe(1);
    expect(await readMetric(metricsUrl, 'embedding_cache_lookups_total', { tier: 'redis', result: 'hit' })).toBe(found + 1);
  });

  it('do each job once, in any of them', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 6 }, (_, job) =>
        onOwnConnection(`${service.url}/jobs`, { texts: Array.from({ length: 10 }, (_unused, text) => `job ${job} text ${text}`) }),
      ),
    );
    const ids = jobs.map(({ text }) => (JSON.parse(text) as { readonly id: string }).id);
    for (const id of ids) expect((await untilDone(service.url, id)).progress).toEqual({ total: 10, completed: 10, failed: 0 });

    expect(await readMetric(metricsUrl, 'embedding_job_texts_total')).toBe(60);
    expect(await readMetric(metricsUrl, 'embedding_jobs', { status: 'completed' })).toBe(6);
    expect(await readMetric(metricsUrl, 'embedding_queue_size')).toBe(0);
    expect(await readResults(service.url, ids[5] ?? '')).toHaveLength(10);
  });

  it('continue a job when one of them is killed', async () => {
    const [victim = 0] = childPids(service.pid);
    const { body } = await submitJob(service.url, longTexts(96));
    await untilDone(service.url, body.id, 1);
    process.kill(victim, 'SIGKILL');

    expect((await untilDone(service.url, body.id)).progress).toEqual({ total: 96, completed: 96, failed: 0 });
  });

  it('end when their primary process is killed', async () => {
    await eventually('two processes', () => childPids(service.pid).length === 2);
    const all = family(service);
    service.kill('SIGKILL');

    expect(all.length).toBeGreaterThanOrEqual(3);
    await eventually('the end of all', () => !all.some(isAlive));
  });
});

describe('a start of several HTTP processes that fails', () => {
  it('says in one line that several processes need a Redis, and how to get one', async () => {
    const refused = spawnService({ WEB_CONCURRENCY: '2' });
    expect(await refused.exitCode).toBe(1);
    expect(refused.stderr()).toMatch(/^WEB_CONCURRENCY=2 cannot be used without REDIS_URL[^\n]*redis-server[^\n]*\n$/);
    expect(refused.stdout()).toBe('');
  });

  it('prints the one line that a single process would print', async () => {
    const holder = createServer().listen(0, '0.0.0.0');
    await once(holder, 'listening');
    const address = holder.address();
    const port = address !== null && typeof address === 'object' ? `${address.port}` : '';
    const [inUse, metricsInUse, wrongModel] = [{ API_PORT: port }, { METRICS_PORT: port }, { EMBEDDING_DIM: '12' }].map((settings) =>
      spawnService({ REDIS_URL: redis.url, WEB_CONCURRENCY: '2', EMBEDDING_WORKERS: '1', ...settings }),
    );

    expect([await inUse?.exitCode, await metricsInUse?.exitCode, await wrongModel?.exitCode]).toEqual([1, 1, 1]);
    expect(inUse?.stderr()).toMatch(new RegExp(`^API_PORT=${port} is in use[^\n]*\n$`));
    expect(metricsInUse?.stderr()).toMatch(new RegExp(`^METRICS_PORT=${port} is in use[^\n]*\n$`));
    expect(wrongModel?.stderr()).toMatch(/^EMBEDDING_DIM=12[^\n]*\n$/);
    expect(`${inUse?.stdout()}${wrongModel?.stdout()}`).not.toContain('Listening');
    holder.close();
  });
});
