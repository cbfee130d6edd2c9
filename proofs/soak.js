/** `npm run soak -- --minutes 60`: mixed load with faults; ends with 1 if anything is lost, grows or is left over. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { processMemory } from '../bench/process-memory.js';
import { Load } from './soak-load.js';
import { freePort, startRedis, startService } from './started.js';

const sampleEveryMs = 5_000;
const minuteMs = 60_000;
const settledAfterMinutes = 2;
const mostGrowth = 1.15;
const awayMs = 5_000;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' }, pause: { type: 'string', default: '100' } } });
const minutes = Number(values.minutes);
const pauseMs = Number(values.pause);
if (!(minutes >= 4) || !(pauseMs >= 0)) throw new Error('npm run soak -- [--minutes N, at least 4] [--pause MILLISECONDS]');

const folder = mkdtempSync(join(tmpdir(), 'embedding-soak-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const cachePort = await freePort();
const queuePort = await freePort();
const startCacheRedis = () => startRedis(cachePort, folder, ['--maxmemory', '32mb', '--maxmemory-policy', 'allkeys-lru']);
const startQueueRedis = () => startRedis(queuePort, folder, ['--appendonly', 'yes', '--appendfsync', 'always']);
let cacheRedis = await startCacheRedis();
let queueRedis = await startQueueRedis();
const service = await startService(folder, {
  REDIS_URL: `redis://127.0.0.1:${cachePort}`,
  QUEUE_REDIS_URL: `redis://127.0.0.1:${queuePort}`,
  RATE_LIMIT_REQUESTS: '1000000',
  RATE_LIMIT_WINDOW: '60',
  CACHE_MEMORY_MB: '8', // full long before memory is first looked at
  JOB_TTL: '900',
  EMBEDDING_WORKERS: '2',
});

const faults = [
  { name: 'kill -9 of an inference process', run: () => killOneWorker() },
  { name: 'kill -9 of the cache Redis, back empty 5 s later', run: () => restartCacheRedis() },
  { name: 'the cache Redis hangs for 5 s', run: () => hang(cacheRedis.child) },
  { name: 'kill -9 of the queue Redis, back 5 s later', run: () => restartQueueRedis() },
  { name: 'an inference process hangs until it is replaced', run: () => hangOneWorker() },
];

/** @type {{ minute: number, main: number, workers: number, descriptors: number }[]} */
const samples = [];
const startedAt = performance.now();
const descriptorsBefore = descriptors();
const load = new Load(service.url, pauseMs);
const sampling = setInterval(() => samples.push(sample()), sampleEveryMs);
load.start();
const injected = await injectFaults();
await load.stop();
samples.push(sample());
clearInterval(sampling);
const left = await leftOver();
service.child.kill('SIGTERM');
const exitCode = await service.exited;
report();

function sample() {
  const [main, ...workers] = processMemory(service.pid);
  const minute = (performance.now() - startedAt) / minuteMs;
  const sum = workers.reduce((total, { mebibytes }) => total + mebibytes, 0);
  return { minute, main: main?.mebibytes ?? 0, workers: sum, descriptors: descriptors() };
}

/** A fault every half minute, in turn, after the first two minutes; the last minute is left in peace. */
async function injectFaults() {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const endsAt = startedAt + minutes * minuteMs;
  await delay(settledAfterMinutes * minuteMs);
  for (let turn = 0; performance.now() < endsAt - minuteMs; turn++) {
    const fault = faults[turn % faults.length];
    if (fault === undefined) break;
    await fault.run();
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    await delay(minuteMs / 2 - awayMs);
  }
  await delay(Math.max(0, endsAt - performance.now()));
  return counts;
}

function oneWorker() {
  const [, worker] = processMemory(service.pid);
  return worker?.pid;
}

function killOneWorker() {
  const pid = oneWorker();
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  return delay(awayMs);
}

function hangOneWorker() {
  const pid = oneWorker();
  if (pid !== undefined) process.kill(pid, 'SIGSTOP'); // killed by the service after INFERENCE_TIMEOUT_MS
  return delay(awayMs);
}

/** @param {import('node:child_process').ChildProcess} child */
async function hang(child) {
  child.kill('SIGSTOP');
  await delay(awayMs);
  child.kill('SIGCONT');
}

async function restartCacheRedis() {
  cacheRedis.child.kill('SIGKILL');
  await delay(awayMs);
  cacheRedis = await startCacheRedis();
}

async function restartQueueRedis() {
  queueRedis.child.kill('SIGKILL');
  await delay(awayMs);
  queueRedis = await startQueueRedis();
}

function descriptors() {
  return readdirSync(`/proc/${service.pid}/fd`).length;
}

/** What the service still holds when nobody asks any more; connections that are kept alive close by themselves. */
async function leftOver() {
  await delay(awayMs);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  /** @param {string} name */
  const read = (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN);
  return {
    'requests in flight': read('embedding_in_flight_requests'),
    'texts waiting': read('embedding_queue_size'),
    'descriptors more than at the start': descriptors() - descriptorsBefore,
    'processes left after the end': 0,
  };
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN;
}

/** @param {(sample: typeof samples[number]) => boolean} isMeant */
function memory(isMeant) {
  const meant = samples.filter(isMeant);
  return { main: median(meant.map(({ main }) => main)), workers: median(meant.map(({ workers }) => workers)) };
}

function report() {
  const early = memory(({ minute }) => minute >= settledAfterMinutes - 0.5 && minute < settledAfterMinutes + 0.5);
  const late = memory(({ minute }) => minute >= minutes - 1);
  const mostDescriptors = 40; // sockets of the load's own kept-alive connections
  left['processes left after the end'] = processMemory(service.pid).length;
  const rows = [
    ['main process, MiB RSS', early.main, late.main],
    ['inference processes together, MiB RSS', early.workers, late.workers],
  ];
  console.log(`\n| ${minutes} minutes | after ${settledAfterMinutes} minutes | in the last minute | |\n| --- | --- | --- | --- |`);
  for (const [name, before = 0, after = 0] of /** @type {[string, number, number][]} */ (rows))
    console.log(`| ${name} | ${before.toFixed(0)} | ${after.toFixed(0)} | ${((after / before - 1) * 100).toFixed(0)} % |`);
  console.log('\n| what | how often |\n| --- | --- |');
  for (const [name, count] of [...[...load.counts].sort(([one], [other]) => one.localeCompare(other)), ...injected])
    console.log(`| ${name} | ${count} |`);
  console.log('\n| left at the end | |\n| --- | --- |');
  for (const [name, count] of Object.entries(left)) console.log(`| ${name} | ${count} |`);
  const problems = [
    ...load.faults,
    ...(late.main > early.main * mostGrowth ? ['the main process grew'] : []),
    ...(late.workers > early.workers * mostGrowth ? ['the inference processes grew'] : []),
    ...Object.entries(left)
      .filter(([name, count]) => !(count <= (name.startsWith('descriptors') ? mostDescriptors : 0)))
      .map(([name]) => `left over: ${name}`),
    ...(exitCode === 0 ? [] : [`the service ended with ${exitCode}:\n${service.output()}`]),
  ];
  for (const problem of problems) console.error(`PROBLEM: ${problem}`);
  console.log(problems.length === 0 ? '\nNothing was lost, nothing grew, nothing is left.' : `\n${problems.length} problems.`);
  process.exit(problems.length === 0 ? 0 : 1);
}
