import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { getJson } from './support/get-json.js';
import { fails, type FaultyUpstream, startFaultyUpstream, UPSTREAM_DIMENSIONS, works } from './support/faulty-upstream.js';
import { freePort } from './support/free-port.js';
import { type JobBody, jobTexts, readResults, submitJob, submitNdjson, untilDone } from './support/jobs.js';
import { readMetric } from './support/read-metric.js';
import { startRedis } from './support/start-redis.js';
import { MAIN, type StartedService, startService } from './support/start-service.js';
import { spawnWorker, startWorker } from './support/start-worker.js';
import { plainEnvironment } from './support/plain-environment.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(180_000);

const QUIET = { RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' };

/** Checks that every text came out once, in order, with the vector that /embed computes for it. */
async function expectAll(service: StartedService, id: string, texts: readonly string[]): Promise<void> {
  const results = await readResults(service.url, id);
  expect(results.map(({ index }) => index)).toEqual(texts.map((_, index) => index));
  for (let start = 0; start < texts.length; start += 100) {
    const { body } = await embedBatch(service.url, texts.slice(start, start + 100), { 'cache-control': 'no-cache' });
    expect(results.slice(start, start + 100).map(({ embedding = [] }) => vectorBits(embedding))).toEqual(body.embeddings.map(vectorBits));
  }
}

describe('without Redis', () => {
  it('a job continues after kill -9 of the service, several times', async () => {
    const settings = { ...QUIET, DATA_DIR: temporaryFolder(), CACHE_DIR: 'off' };
    const texts = jobTexts(300, 'embedded');
    let service = await startService(settings);
    const { body } = await submitJob(service.url, texts);
    const document = jobTexts(80, 'of a document').join('. ');
    const line = JSON.stringify({ id: 'long', text: document });
    const cut = (await submitNdjson(service.url, line, {}, '?chunk_tokens=24&chunk_overlap=6')).body;
    for (const done of [1, 100]) {
      await untilDone(service.url, body.id, done);
      await service.stop('SIGKILL');
      service = await startService(settings);
    }
    expect(await untilDone(service.url, body.id)).toMatchObject({
      status: 'completed',
      progress: { total: 300, completed: 300, failed: 0 },
    });
    await expectAll(service, body.id, texts);
    const { progress } = await untilDone(service.url, cut.id);
    expect(progress).toEqual({ total: progress.total, completed: progress.total, failed: 0 });
    const chunks = await readResults(service.url, cut.id);
    expect(chunks.map(({ index, id, chunk }) => [index, id, chunk])).toEqual(
      Array.from({ length: progress.total }, (_, at) => [at, 'long', at]),
    );
    expect(chunks.at(-1)?.end).toBe(document.length);
    await expectAll(
      service,
      cut.id,
      chunks.map(({ start, end }) => document.slice(start, end)),
    );
    expect(await service.stop()).toBe(0);
  });

  it('a job that was accepted just before kill -9 survives, and an incomplete upload does not', async () => {
    const settings = { ...QUIET, DATA_DIR: temporaryFolder() };
    let service = await startService(settings);
    const { body } = await submitJob(service.url, ['one text']);
    await service.stop('SIGKILL');
    service = await startService(settings);
    expect(await untilDone(service.url, body.id)).toMatchObject({ status: 'completed' });
    expect((await getJson<{ data: JobBody[] }>(`${service.url}/jobs`)).body.data).toHaveLength(1);
    await service.stop();
  });

  it('a full disk refuses a job or a file with 507, keeps nothing of it, and accepts one that fits', async () => {
    const environment = plainEnvironment({ API_PORT: '0', CACHE_DIR: 'off', ...QUIET });
    const limited = ['-c', 'ulimit -f 800; exec "$0" "$1"', process.env['E2E_NODE'] ?? process.execPath, MAIN]; // no file grows over 400 KiB
    const cwd = temporaryFolder();
    const service = new StartedProcess('sh', limited, { cwd, env: environment });
    const [, url = ''] = await service.printed(/Listening on (http:\/\/[^\s"/]+)/, 60_000);
    const large = jobTexts(6000, 'a text that takes up its room')
      .map((text) => JSON.stringify({ text }))
      .join('\n');

    for (let time = 0; time < 2; time++) {
      const { status, body } = await submitNdjson(url, large);
      expect([status, body]).toEqual([
        507,
        expect.objectContaining({ code: 'insufficient_storage', message: expect.stringContaining('DATA_DIR') }),
      ]);
    }
    const { body } = await eventually('room for a small job', async () => {
      const answer = await submitJob(url, jobTexts(10, 'small'));
      return answer.status === 202 && answer;
    });
    expect(await untilDone(url, body.id)).toMatchObject({ status: 'completed', progress: { completed: 10 } });
    expect((await getJson<{ data: JobBody[] }>(`${url}/jobs`)).body.data.map(({ id }) => id)).toEqual([body.id]);
    expect(await readMetric(url, 'embedding_job_pending_texts')).toBe(0);

    const refused = await uploadFile(url, 600 * 1024);
    expect([refused.status, refused.headers.get('x-should-retry'), await refused.json()]).toEqual([
      507,
      'false',
      { error: expect.objectContaining({ code: 'insufficient_storage', type: 'server_error' }) },
    ]);
    const { id } = (await (await uploadFile(url, 1024)).json()) as { id: string };
    expect((await getJson<{ data: { id: string }[] }>(`${url}/v1/files`)).body.data.map((file) => file.id)).toEqual([id]);
    expect(readdirSync(join(cwd, 'data/files/content'))).toEqual([id]);
    expect(await service.stop()).toBe(0);
  });
});

describe('with Redis', () => {
  it('a job of two workers survives kill -9 of a worker, of both, of the service, and of Redis', async () => {
    const [port, cwd] = [await freePort(), temporaryFolder()];
    const persistent = { cwd, parameters: ['--appendonly', 'yes'] };
    let redis = await startRedis(port, persistent);
    const settings = { ...QUIET, QUEUE_REDIS_URL: redis.url, API_RUNS_JOBS: 'false', CACHE_DIR: 'off' };
    const probes = [await freePort(), await freePort()];
    const start = async (index: number): Promise<StartedProcess> => await startWorker({ ...settings, WORKER_PORT: String(probes[index]) });
    let service = await startService(settings);
    let workers = await Promise.all([start(0), start(1)]);
    const texts = jobTexts(900, 'shared');
    const { body } = await submitJob(service.url, texts, { 'idempotency-key': 'shared' });

    await untilDone(service.url, body.id, 300);
    for (const probe of probes) {
      await eventually(
        'texts of each worker',
        async () => (await readMetric(`http://127.0.0.1:${probe}`, 'embedding_job_texts_total')) > 0,
      );
    }
    for (const probe of probes) expect((await fetch(`http://127.0.0.1:${probe}/health/ready`)).status).toBe(200);
    await workers[0]?.stop('SIGKILL');
    await untilDone(service.url, body.id, 400);
    await Promise.all([workers[1]?.stop('SIGKILL'), service.stop('SIGKILL')]);
    await redis.crash();
    redis = await startRedis(port, persistent);
    workers = await Promise.all([start(0), start(1)]);
    service = await startService(settings);
    await untilDone(service.url, body.id, 500);
    await redis.crash(); // while the workers live
    redis = await startRedis(port, persistent);

    expect(await untilDone(service.url, body.id, Infinity, 90_000)).toMatchObject({
      status: 'completed',
      progress: { completed: 900, failed: 0 },
    });
    expect((await submitJob(service.url, texts, { 'idempotency-key': 'shared' })).body.id).toBe(body.id);
    await expectAll(service, body.id, texts);
    expect(await Promise.all([...workers.map((worker) => worker.stop()), service.stop()])).toEqual([0, 0, 0]);
    await redis.stop();
  });

  it('the service warns of a Redis that evicts or does not persist', async () => {
    const redis = await startRedis(undefined, { parameters: ['--maxmemory-policy', 'allkeys-lru'] });
    const worker = await startWorker({ ...QUIET, QUEUE_REDIS_URL: redis.url });
    expect(worker.stdout()).toMatch(/maxmemory-policy allkeys-lru.*noeviction/);
    expect(worker.stdout()).toMatch(/appendonly off/);
    expect(await worker.stop()).toBe(0);
    await redis.stop();
  });
});

it('a worker without a Redis names the missing setting in one line', async () => {
  const worker = spawnWorker();
  expect(await worker.exitCode).toBe(1);
  expect(worker.stderr().trimEnd()).toMatch(/^QUEUE_REDIS_URL .* is not set: .*$/);
});

describe('a text that always fails', () => {
  let upstream: FaultyUpstream;

  beforeAll(async () => {
    upstream = await startFaultyUpstream();
    upstream.always((request, response) => {
      const isPoisoned = request.body.input.some((text) => text.includes('poison'));
      (isPoisoned ? fails(500) : works)(request, response);
    });
  });

  afterAll(async () => {
    await upstream.stop();
  });

  it('fails alone and gets an error of its own', async () => {
    const service = await startService({
      ...QUIET,
      EMBEDDING_PROVIDER: 'openai',
      OPENAI_BASE_URL: upstream.url,
      OPENAI_MODEL: 'faulty',
      EMBEDDING_DIM: String(UPSTREAM_DIMENSIONS),
      OPENAI_MAX_RETRIES: '0',
    });
    const texts = jobTexts(120, 'healthy').map((text, index) => (index === 77 ? 'poison' : text));
    const { body } = await submitJob(service.url, texts);
    expect(await untilDone(service.url, body.id)).toMatchObject({
      status: 'completed',
      progress: { total: 120, completed: 119, failed: 1 },
    });
    const results = await readResults(service.url, body.id);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([
      { index: 77, error: { code: expect.stringMatching(/^upstream_/), message: expect.any(String) } },
    ]);
    expect(results.filter(({ embedding }) => embedding?.length === UPSTREAM_DIMENSIONS)).toHaveLength(119);
    expect(await readMetric(service.url, 'embedding_job_chunk_retries_total', { how: 'halved' })).toBeGreaterThan(4);
    await service.stop();
  });
});

async function uploadFile(url: string, bytes: number): Promise<Response> {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob(['x'.repeat(bytes)]), 'large.jsonl');
  return await fetch(`${url}/v1/files`, { method: 'POST', body: form });
}
