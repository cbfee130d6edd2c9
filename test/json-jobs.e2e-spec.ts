import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually } from './support/eventually.js';
import type { JobBody } from './support/jobs.js';
import { mostCpuPerAnswerMs } from './support/most-cpu-per-answer.js';
import { postJson } from './support/post-json.js';
import { type StartedRedis, startRedis } from './support/start-redis.js';
import { startService } from './support/start-service.js';

jest.setTimeout(180_000);

const MIB = 1024 * 1024;
const TEXTS = 50_000;
const MOST_CPU_MS = 200;

let redis: StartedRedis;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(async () => {
  await redis.stop();
});

function memoryBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

async function mostMemoryBytes(pid: number, work: Promise<unknown>): Promise<number> {
  let most = 0;
  const done = work.then(() => 'done');
  do most = Math.max(most, memoryBytes(pid));
  while ((await Promise.race([done, delay(5)])) !== 'done');
  return most;
}

function bodyOf(texts: number): string {
  return JSON.stringify({ texts: Array.from({ length: texts }, (_, index) => `${index} ${'text '.repeat(460)}`) });
}

/** Begins a JSON job that announces more than it sends. */
function beginJob(url: string, body: string): Socket {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  socket.on('error', () => undefined);
  const head = `POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length + 1000}\r\n\r\n`;
  socket.write(head + body);
  return socket;
}

/** More than a JSON job keeps in memory until it knows whether the texts are to be cut. */
const begunTexts = `{"texts":[${`"${'a text '.repeat(600)}",`.repeat(250)}`;

describe('a JSON job', () => {
  it('of 110 MB takes less memory than its body, and /health/live is answered meanwhile', async () => {
    const service = await startService({
      RATE_LIMIT_REQUESTS: '0',
      MAX_BODIES_MB: '16',
      MAX_BODY_MB: '4',
      API_RUNS_JOBS: 'false',
      QUEUE_REDIS_URL: redis.url,
    });
    // Smaller jobs first, so that the code is compiled and the heap has its usual size.
    for (let job = 0; job < 4; job++) await postJson(`${service.url}/jobs`, bodyOf(TEXTS / 10));
    const body = bodyOf(TEXTS);
    expect(body.length).toBeGreaterThan(105 * MIB);

    const before = memoryBytes(service.pid);
    const job = postJson<JobBody>(`${service.url}/jobs`, body);
    const [cpuMs, memory] = await Promise.all([mostCpuPerAnswerMs(service, job), mostMemoryBytes(service.pid, job)]);

    expect(await job).toMatchObject({ status: 202, body: { progress: { total: TEXTS } } });
    expect(memory - before).toBeLessThan(body.length); // garbage that is not collected yet takes up to 65 MB, whatever the body
    expect(cpuMs).toBeLessThan(MOST_CPU_MS);
    await service.stop();
  });

  it('whose connection ends early leaves nothing behind, and one that pauses gets 408', async () => {
    const service = await startService({ BODY_IDLE_TIMEOUT_MS: '1500', QUEUE_REDIS_URL: redis.url });
    const client = new Redis(redis.url);
    await client.flushall();
    const textsOfUploads = async () => await client.keys('*texts:job*');

    const cut = beginJob(service.url, begunTexts);
    await eventually('the first texts in Redis', async () => (await textsOfUploads()).length > 0);
    cut.destroy();
    await eventually('no texts in Redis', async () => (await textsOfUploads()).length === 0);

    const paused = beginJob(service.url, begunTexts);
    let answer = '';
    paused.on('data', (data) => (answer += data.toString()));
    await eventually('the answer', () => answer.includes('BODY_IDLE_TIMEOUT_MS'));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await eventually('no texts in Redis', async () => (await textsOfUploads()).length === 0);
    paused.destroy();
    expect(await client.zcard('embedding:{jobs}:stage:uploading')).toBe(0);
    await client.quit();
    await service.stop();
  });
});
