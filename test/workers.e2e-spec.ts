import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { childPids } from './support/child-pids.js';
import { embed, embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { isAlive } from './support/is-alive.js';
import { longTexts } from './support/long-texts.js';
import { readMetric } from './support/read-metric.js';
import { readStats, untilBusy } from './support/read-stats.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(120_000);

const SETTINGS = { EMBEDDING_WORKERS: '2', RATE_LIMIT_REQUESTS: '0' };
/** Far more than a group takes on a slow machine whose cores other tests use too: a run over its time would count as lost. */
const TIMEOUT = { INFERENCE_TIMEOUT_MS: '4000' };
const TEXTS = longTexts(40);

async function computeAll({ url }: StartedService): Promise<{ readonly status: number; readonly bits: readonly string[] }> {
  const { status, body } = await embedBatch(url, TEXTS, { 'cache-control': 'no-cache' });
  return { status, bits: (body.embeddings ?? []).map(vectorBits) };
}

async function restarts({ url }: StartedService, reason: string): Promise<number> {
  return await readMetric(url, 'embedding_worker_restarts_total', { reason });
}

async function untilComplete({ url, pid }: StartedService): Promise<void> {
  await eventually('two workers again', async () => {
    const ready = (await readMetric(url, 'embedding_workers')) - (await readMetric(url, 'embedding_workers', { state: 'starting' }));
    return ready === 2 && childPids(pid).length === 2;
  });
}

function signalTo(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, signal);
}

it('replaces a worker that has grown too large, after its run, and loses no text', async () => {
  const service = await startService({ ...SETTINGS, WORKER_MEMORY_MB: '1' }); // less than a worker grows by in its first long run
  const texts = longTexts(12, 9);
  const answers = await Promise.all(texts.map(async (text) => await embed(service.url, text)));

  expect(answers.map(({ status }) => status)).toEqual(texts.map(() => 200));
  expect(await restarts(service, 'memory')).toBeGreaterThan(0);
  expect((await readStats(service.url)).queue).toMatchObject({ completed: texts.length, failed: 0 });
  await service.stop();
});

describe('a worker that is lost during a batch', () => {
  let service: StartedService;
  let expected: readonly string[];

  beforeAll(async () => {
    service = await startService({ ...SETTINGS, ...TIMEOUT });
    expected = (await computeAll(service)).bits;
  });

  it.each([
    { what: 'killed', signal: 'SIGKILL', lost: 1, reason: 'exit' },
    { what: 'crashed in native code', signal: 'SIGSEGV', lost: 1, reason: 'exit' },
    { what: 'hanging past its deadline', signal: 'SIGSTOP', lost: 1, reason: 'deadline' },
    { what: 'killed with all others', signal: 'SIGKILL', lost: 2, reason: 'exit' },
    { what: 'hanging with all others', signal: 'SIGSTOP', lost: 2, reason: 'deadline' },
  ] as const)('is replaced, and the caller gets every vector: $what', async ({ signal, lost, reason }) => {
    const before = await restarts(service, reason);
    const batch = computeAll(service);
    await untilBusy(service.url);
    const pids = childPids(service.pid);
    signalTo(pids.slice(0, lost), signal);

    expect(await batch).toEqual({ status: 200, bits: expected });
    await untilComplete(service);
    expect(await restarts(service, reason)).toBe(before + lost);
    expect(childPids(service.pid).filter((pid) => pids.slice(0, lost).includes(pid))).toEqual([]);
    expect((await readStats(service.url)).queue).toMatchObject({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  });

  it('is replaced also when it is idle', async () => {
    const before = await restarts(service, 'exit');
    signalTo(childPids(service.pid), 'SIGKILL');

    await eventually('two restarts', async () => (await restarts(service, 'exit')) === before + 2);
    expect((await embed(service.url, 'a text')).status).toBe(200);
    await untilComplete(service);
  });
});

it('no worker survives a service that is killed during a batch', async () => {
  const service = await startService(SETTINGS);
  const workers = childPids(service.pid);
  const batch = computeAll(service).catch(() => undefined);
  await untilBusy(service.url);

  service.kill('SIGKILL');
  await batch;
  expect(workers).toHaveLength(2);
  await eventually('the end of both workers', () => !workers.some(isAlive));
});

it('keeps its workers after the service itself was paused for longer than a run may take', async () => {
  const service = await startService({ ...SETTINGS, ...TIMEOUT });
  const workers = childPids(service.pid);
  const batch = computeAll(service);
  await untilBusy(service.url);

  service.kill('SIGSTOP');
  await setTimeout(7_000); // the test is about the length of this pause
  service.kill('SIGCONT');

  expect((await batch).status).toBe(200);
  expect(await restarts(service, 'deadline')).toBe(0);
  expect(childPids(service.pid)).toEqual(workers);
  await service.stop();
});

describe('a service without a free descriptor for a new process', () => {
  const FREE_DESCRIPTORS = 30;

  function limitDescriptors(pid: number, most: number): void {
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`]);
  }

  function descriptorsBelow(pid: number, limit: number): number {
    return readdirSync(`/proc/${pid}/fd`).filter((descriptor) => Number(descriptor) < limit).length;
  }

  /** The limit that leaves this number of descriptors free, because new descriptors get the lowest free numbers. */
  function limitFor(pid: number, free: number): number {
    let limit = free;
    while (limit - descriptorsBelow(pid, limit) < free) limit++;
    return limit;
  }

  it('ends no other process, logs the fault, retries, and has all its workers again when it can', async () => {
    const service = await startService(SETTINGS, { detached: true });
    const { hostname, port } = new URL(service.url);
    const limit = limitFor(service.pid, FREE_DESCRIPTORS);
    limitDescriptors(service.pid, limit);
    const connections = Array.from({ length: 2 * FREE_DESCRIPTORS }, () => connect(Number(port), hostname).on('error', () => undefined));
    await eventually('the use of every descriptor', () => descriptorsBelow(service.pid, limit) >= limit - 1); // one is reserved for refusals
    signalTo(childPids(service.pid), 'SIGKILL');

    await eventually('a second try', () => service.stdout().split('cannot load the model, trying again').length > 2);
    expect(service.stdout()).toMatch(/trying again: .*EMFILE/);
    for (const connection of connections) connection.destroy();
    limitDescriptors(service.pid, 1024);
    await untilComplete(service);
    expect((await embed(service.url, 'a text')).status).toBe(200);
    expect(await service.stop()).toBe(0);
  });
});
