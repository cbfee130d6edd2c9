/** `npm run soak -- --minutes 60`: mixed load with faults. Ends with 1 if a job is lost, if memory grows, or if anything is left over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { processMemory } from '../bench/process-memory.js';
import { descriptorsOf, figuresOf } from './process-figures.js';
import { Load } from './soak-load.js';
import { progress, report } from './soak-report.js';
import { freePort } from '../test/support/free-port.js';
import { startRedis, startService } from './started.js';

const sampleEveryMs = 5_000;
const minuteMs = 60_000;
const settledAfterMinutes = 2;
const awayMs = 5_000;
const printEveryMs = 5 * minuteMs;
/** Longer than a connection is kept alive, so a connection that is open after it is a leftover. */
const mostQuietMs = 90_000;

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
  CACHE_MEMORY_MB: '8', // the cache is full long before memory is first measured
  JOB_TTL: '900',
  EMBEDDING_WORKERS: '2',
});

const faults = [
  { name: 'kill -9 of an inference process', run: () => killOneWorker() },
  { name: 'kill -9 of the cache Redis, back empty 5 s later', run: () => restartCacheRedis() },
  { name: 'the cache Redis hangs for 5 s', run: () => hang(cacheRedis.child) },
  { name: 'kill -9 of the queue Redis, back 5 s later', run: () => restartQueueRedis() },
  { name: 'an inference process hangs until it is replaced', run: () => hangOneWorker() },
  { name: 'the service itself hangs for 5 s', run: () => hang(service.child) },
];

/** @type {import('./soak-report.js').Sample[]} */
const samples = [];
let activeFault = 'none';
const startedAt = performance.now();
const before = descriptorsOf(service.pid);
const load = new Load(service.url, { pauseMs, activeFault: () => activeFault });
const sampling = setInterval(() => samples.push(sample()), sampleEveryMs);
const printing = setInterval(() => console.log(progress(sample())), printEveryMs);
load.start();
const injected = await injectFaults();
await load.stop();
samples.push(sample());
console.log(progress(sample()));
clearInterval(sampling);
clearInterval(printing);
const leftOvers = await leftOver();
service.child.kill('SIGTERM');
const exitCode = await service.exited;
const problems = [
  ...load.faults,
  ...report({
    early: samples.filter(({ minute }) => Math.abs(minute - settledAfterMinutes) < 0.5),
    late: samples.filter(({ minute }) => minute >= minutes - 1),
    counts: [
      ...[...load.counts].sort(([first], [second]) => first.localeCompare(second)),
      ...injected,
      ['pauses of everything on this machine', load.pauses.count],
      ['seconds of them', Math.round(load.pauses.seconds)],
    ],
    before,
    left: { ...leftOvers, processes: processMemory(service.pid).length },
  }),
  ...(exitCode === 0 ? [] : [`the service ended with ${exitCode}:\n${service.output()}`]),
];
for (const problem of problems) console.error(`PROBLEM: ${problem}`);
console.log(problems.length === 0 ? '\nNothing was lost, nothing grew, nothing is left.' : `\n${problems.length} problems.`);
process.exit(problems.length === 0 ? 0 : 1);

function sample() {
  return { minute: (performance.now() - startedAt) / minuteMs, ...figuresOf(service.pid) };
}

/** Causes a fault every half minute, in turn, after the first two minutes and not in the last minute. */
async function injectFaults() {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const endsAt = startedAt + minutes * minuteMs;
  await delay(settledAfterMinutes * minuteMs);
  for (let turn = 0; performance.now() < endsAt - minuteMs; turn++) {
    const fault = faults[turn % faults.length];
    if (fault === undefined) break;
    activeFault = fault.name;
    await fault.run();
    activeFault = `none, the last was: ${fault.name}`;
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
  if (pid !== undefined) process.kill(pid, 'SIGSTOP'); // the service kills it after INFERENCE_TIMEOUT_MS
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

/** Returns what the service still holds after all requests, when idle connections have closed by themselves. */
async function leftOver() {
  const quietUntil = performance.now() + mostQuietMs;
  while (descriptorsOf(service.pid).sockets > before.sockets && performance.now() < quietUntil) await delay(sampleEveryMs);
  const metrics = await onNewConnection(`${service.url}/metrics`);
  /** @param {string} name */
  const read = (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN);
  return {
    requestsInFlight: read('embedding_in_flight_requests'),
    textsWaiting: read('embedding_queue_size'),
    descriptors: descriptorsOf(service.pid),
  };
}

/**
 * Uses a new connection, because a kept-alive one may close at the moment when it is used. @param {string} url @returns
 * {Promise<string>}
 */
async function onNewConnection(url) {
  return await new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      let all = '';
      answer.setEncoding('utf8').on('data', (/** @type {string} */ part) => (all += part));
      answer.once('end', () => resolve(all));
    }).once('error', reject);
  });
}
