import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { childPids } from './support/child-pids.js';
import type { EmbedBody } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { readJob, submitNdjson, untilDone, type JobBody } from './support/jobs.js';
import { onOwnConnection } from './support/on-own-connection.js';
import { readMetric } from './support/read-metric.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';
import { startWorker } from './support/start-worker.js';
import { temporaryFolder } from './support/temporary-folder.js';

const FULL = { name: 'full', source: 'all-MiniLM-L6-v2' };
const SHORT = { name: 'short', source: 'all-MiniLM-L6-v2', max_tokens: 16, pooling: 'cls' };
const NAMES = [FULL.name, SHORT.name];
const PROCESSES = 2;

let redis: StartedRedis;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(async () => await redis.stop());

function modelsFile(models: readonly object[]): string {
  const file = join(temporaryFolder(), 'models.json');
  writeFileSync(file, JSON.stringify({ models }));
  return file;
}

describe('two HTTP processes with two models', () => {
  let service: StartedService;
  let admin: Redis;

  beforeAll(async () => {
    admin = new Redis(redis.url);
    service = await startService({
      REDIS_URL: redis.url,
      MODELS_FILE: modelsFile([FULL, SHORT]),
      WEB_CONCURRENCY: `${PROCESSES}`,
      EMBEDDING_WORKERS: '2',
      RATE_LIMIT_REQUESTS: '0',
      CACHE_TIMEOUT_MS: '500',
    });
  });

  afterAll(async () => {
    admin.disconnect();
    await service.stop();
  });

  async function ask(text: string, model: string): Promise<{ readonly space: unknown; readonly body: EmbedBody }> {
    const { headers, text: answer } = await onOwnConnection(`${service.url}/embed`, { text, model });
    return { space: headers['x-embedding-space'], body: JSON.parse(answer) as EmbedBody };
  }

  async function listedSpaces(): Promise<readonly string[]> {
    const { text } = await onOwnConnection(`${service.url}/v1/models`);
    const { data } = JSON.parse(text) as { readonly data: readonly { readonly id: string; readonly space: string }[] };
    return NAMES.map((name) => data.find(({ id }) => id === name)?.space ?? '');
  }

  it('list the same two spaces in every process', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 2 * PROCESSES }, listedSpaces));
    expect(new Set(first).size).toBe(2);
    expect(others).toEqual(others.map(() => first));
  });

  it('answer for both models in both processes, each in its own space, and compute a text once for a model', async () => {
    const spaces = await listedSpaces();
    const vectors: (readonly number[])[] = [];
    for (const [index, model] of NAMES.entries()) {
      const found = await readMetric(service.url, 'embedding_cache_lookups_total', { tier: 'redis', result: 'hit' });
      const stored = (await admin.keys('embedding:vector:*')).length;
      const answers = [await ask('a text of two models', model)];
      await eventually('the vector in Redis', async () => (await admin.keys('embedding:vector:*')).length > stored);
      for (let asked = 0; asked < 2 * PROCESSES; asked++) answers.push(await ask('a text of two models', model));

      expect(answers.map(({ space }) => space)).toEqual(answers.map(() => spaces[index]));
      expect(answers.map(({ body }) => body.cached)).toEqual([false, ...Array<boolean>(2 * PROCESSES).fill(true)]);
      expect(new Set(answers.map(({ body }) => JSON.stringify(body.embedding))).size).toBe(1);
      // The process that did not compute the vector has found it in Redis, so both have answered.
      expect(await readMetric(service.url, 'embedding_cache_lookups_total', { tier: 'redis', result: 'hit' })).toBe(found + 1);
      vectors.push(answers[0]?.body.embedding ?? []);
    }
    expect(vectors[0]).not.toEqual(vectors[1]);
  });

  it('divide EMBEDDING_WORKERS: each process has one inference process for each model, and half of the memory', async () => {
    const http = childPids(service.pid);
    expect(http.map((pid) => childPids(pid).length)).toEqual([NAMES.length, NAMES.length]);
    for (const model of NAMES) expect(await readMetric(service.url, 'embedding_workers', { model })).toBe(PROCESSES);
    const plans = service.stdout().match(/(?:full|short): 1 process of 1 thread, as EMBEDDING_WORKERS says; planned memory: \d+ of/g);
    expect(plans).toHaveLength(NAMES.length); // the start of both processes is told once
  });
});

describe('a job whose model no worker has', () => {
  it('says so in its answer, and is done when a worker with the model starts', async () => {
    const settings = { REDIS_URL: redis.url, REDIS_KEY_PREFIX: 'workers:', RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' };
    const service = await startService({ ...settings, MODELS_FILE: modelsFile([FULL, SHORT]), API_RUNS_JOBS: 'false' });
    const other = await startWorker({ ...settings, MODELS_FILE: modelsFile([FULL]) });
    const submit = async (model: string): Promise<JobBody> => (await submitNdjson(service.url, '{"text":"a"}', {}, `?model=${model}`)).body;
    const [served, unserved] = [await submit('full'), await submit('short')];

    expect((await untilDone(service.url, served.id)).notice).toBeUndefined();
    expect(await readJob(service.url, unserved.id)).toMatchObject({
      status: 'queued',
      notice: `No worker has the model short in the space ${unserved.space}. The job waits until one starts, or until JOB_TTL removes it.`,
    });
    const worker = await startWorker({ ...settings, MODELS_FILE: modelsFile([SHORT]) });
    expect(await untilDone(service.url, unserved.id)).toMatchObject({ status: 'completed', progress: { completed: 1 } });
    expect((await readJob(service.url, unserved.id)).notice).toBeUndefined();
    await Promise.all([service.stop(), other.stop(), worker.stop()]);
  });
});
