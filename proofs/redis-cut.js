/**
 * `npm run proof:redis-cut`, as root on Linux with iproute2 and redis-server: starts a Redis in a network namespace of its own,
 * and two instances of the service outside of it. While requests and a job run, it cuts the network, so that packets vanish
 * without a refusal. Every request must be answered in time. When the network is back, limits must be shared again and the
 * job must complete.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProgram, startService } from './started.js';

const NAME = `ep-${process.pid}`;
const HERE = '10.231.77.1';
const THERE = '10.231.77.2';
const PORT = 6390;
const LIMIT = 30;
const TEXTS = 3_000;
/** The time limit of a request while packets vanish: the first few wait for CACHE_TIMEOUT_MS and the timeout of the limit. */
const SLOWEST_MS = 1_000;
const CUT_MS = 10_000;
const HEALED_WITHIN_MS = 30_000;

if (process.platform !== 'linux' || process.getuid?.() !== 0)
  throw new Error('npm run proof:redis-cut has to be run as root on Linux: only root may make a network namespace');

const folder = mkdtempSync(join(tmpdir(), 'embedding-redis-cut-'));
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true });
  ip('netns', 'del', NAME); // removes both ends of the cable too
});
ip('netns', 'add', NAME);
ip('link', 'add', `${NAME}-a`, 'type', 'veth', 'peer', 'name', `${NAME}-b`, 'netns', NAME);
ip('addr', 'add', `${HERE}/30`, 'dev', `${NAME}-a`);
ip('link', 'set', `${NAME}-a`, 'up');
inside('addr', 'add', `${THERE}/30`, 'dev', `${NAME}-b`);
inside('link', 'set', `${NAME}-b`, 'up');

const redis = ['redis-server', '--port', `${PORT}`, '--bind', THERE, '--protected-mode', 'no', '--save', ''];
await startProgram(['ip', 'netns', 'exec', NAME, ...redis], { cwd: folder, until: /Ready to accept connections/ });
const settings = {
  REDIS_URL: `redis://${THERE}:${PORT}`,
  RATE_LIMIT_REQUESTS: `${LIMIT}`,
  RATE_LIMIT_WINDOW: '3600',
  TRUST_PROXY: '1',
  EMBEDDING_WORKERS: '1',
  DATA_DIR: folder,
};
const instances = await Promise.all([startService(folder, settings), startService(folder, settings)]);
let callers = 0;

check('calls that pass before', await passedOf90(), LIMIT);
const job = await submitJob();
ip('netns', 'exec', NAME, 'ip', 'route', 'add', 'blackhole', `${HERE}/32`); // answers of Redis vanish
const slowest = await slowestOf(CUT_MS);
check(`slowest request of ${slowest.count} within ${SLOWEST_MS} ms`, slowest.ms < SLOWEST_MS, true);
console.log(
  `While the network was cut: ${slowest.count} requests, each answered with 200, the slowest after ${Math.round(slowest.ms)} ms.`,
);
check('readiness while cut', (await fetch(`${instances[0].url}/health/ready`)).status, 503);
inside('route', 'del', 'blackhole', `${HERE}/32`);

const healedAt = performance.now();
await until('limits that are shared', async () => (await passedOf90()) === LIMIT);
console.log(`Limits were shared again ${Math.round(performance.now() - healedAt)} ms after the network was back.`);
await until('the job', async () => (await jobOf(job)).status === 'completed');
check('texts of the job that are done', (await jobOf(job)).progress.completed, TEXTS);
for (const { child, exited } of instances) {
  child.kill('SIGTERM');
  check('exit code', await exited, 0);
}
process.exit();

/** @param {readonly string[]} parameters */
function ip(...parameters) {
  execFileSync('ip', parameters, { stdio: 'inherit' });
}

/** @param {readonly string[]} parameters */
function inside(...parameters) {
  ip('-n', NAME, ...parameters);
}

/** @param {string} what @param {unknown} found @param {unknown} expected */
function check(what, found, expected) {
  if (found === expected) return;
  console.error(`${what}: ${String(found)} instead of ${String(expected)}`);
  process.exit(1);
}

/** @param {string} what @param {() => Promise<boolean>} ask */
async function until(what, ask) {
  const end = performance.now() + HEALED_WITHIN_MS;
  while (!(await ask())) {
    check(`${what} within ${HEALED_WITHIN_MS} ms`, performance.now() < end, true);
    await delay(250);
  }
}

/** @param {number} milliseconds */
async function slowestOf(milliseconds) {
  const end = performance.now() + milliseconds;
  let [ms, count] = [0, 0];
  for (; performance.now() < end; count++) {
    const startedAt = performance.now();
    check('status while cut', await embed(count % 2, `cut ${count}`, ++callers), 200);
    ms = Math.max(ms, performance.now() - startedAt);
    await delay(20);
  }
  return { ms, count };
}

async function passedOf90() {
  const caller = ++callers;
  const statuses = await Promise.all(Array.from({ length: 90 }, (_, index) => embed(index % 2, 'a', caller)));
  return statuses.filter((status) => status === 200).length;
}

/** @param {number} instance @param {string} text @param {number} caller */
async function embed(instance, text, caller) {
  const answer = await post(`${instances[instance]?.url}/embed`, { text }, caller);
  await answer.arrayBuffer();
  return answer.status;
}

async function submitJob() {
  const texts = Array.from({ length: TEXTS }, (_, index) => `text number ${index} of the job`);
  const answer = await post(`${instances[0].url}/jobs`, { texts }, ++callers);
  check('the job', answer.status, 202);
  return /** @type {{ id: string }} */ (await answer.json()).id;
}

/** @param {string} id */
async function jobOf(id) {
  const answer = await fetch(`${instances[1].url}/jobs/${id}`, { headers: { 'x-forwarded-for': addressOf(++callers) } });
  return /** @type {{ status: string, progress: { completed: number } }} */ (await answer.json());
}

/** @param {string} url @param {object} body @param {number} caller */
async function post(url, body, caller) {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': addressOf(caller) };
  return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** @param {number} caller */
function addressOf(caller) {
  return `10.1.${caller >> 8}.${caller & 255}`;
}
