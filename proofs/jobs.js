/**
 * Sends 100,000 texts (JOB_TEXTS sets another number) through two workers. Until four in ten are done, it kills one of the
 * workers (kill -9) every few seconds. It leaves the rest undisturbed, to show the memory of the workers in the long run.
 * Checks that every text came out once, in order, with a unit vector, and compares a sample with /embed. Prints a table of the
 * memory of each process, and ends with 1 if a text is lost or comes twice, or if memory grows.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processMemory } from '../bench/process-memory.js';
import { freePort } from '../test/support/free-port.js';
import { startProgram, startRedis, startService } from './started.js';

const TEXTS = Number(process.env['JOB_TEXTS'] ?? 100_000);
const KILL_EVERY_MS = 5_000;
const PEACE_FROM = 0.4;
const SAMPLE = 50;
/** The limit of growth since the second quarter or, for a worker, since the second third of its undisturbed time (it warms up in the first). */
const MOST_GROWTH = 1.15;

const workerProgram = fileURLToPath(new URL('../dist/worker.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'embedding-proof-'));

/** @param {number} index */
function textOf(index) {
  return `Item ${index}: the ${['river', 'engine', 'market', 'garden'][index % 4]} report number ${index * 7919} of this year`;
}

function* lines() {
  for (let index = 0; index < TEXTS; index++) yield `${JSON.stringify({ id: String(index), text: textOf(index) })}\n`;
}

/** @typedef {{ id: string, status: string, finished_at: string | null, progress: { total: number, completed: number, failed: number } }} Job */

/** @param {string} url @returns {Promise<Job>} */
async function readJob(url) {
  const answer = await fetch(url);
  return /** @type {Job} */ (await answer.json());
}

/** Sends the texts as they are written; `request` and not `fetch`, which has no types for it. @param {string} url @returns {Promise<Job>} */
async function submitTexts(url) {
  const sending = request(`${url}/jobs`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' } });
  Readable.from(lines(), { objectMode: false }).pipe(sending);
  const [answer] = /** @type {[import('node:http').IncomingMessage]} */ (await once(sending, 'response'));
  return /** @type {Job} */ (JSON.parse(String(Buffer.concat(/** @type {Buffer[]} */ (await answer.toArray())))));
}

/** The results as they come. @param {string} url @returns {Promise<import('node:http').IncomingMessage>} */
async function openResults(url) {
  const [answer] = /** @type {[import('node:http').IncomingMessage]} */ (await once(get(url), 'response'));
  return answer;
}

/** @param {string} url @param {string} id */
async function checkResults(url, id) {
  let index = 0;
  /** @type {Map<number, readonly number[]>} */
  const sample = new Map();
  for await (const line of createInterface({ input: await openResults(`${url}/jobs/${id}/results`) })) {
    const result = /** @type {{ index: number, id: string, embedding: readonly number[] }} */ (JSON.parse(line));
    assert.equal(result.index, index);
    assert.equal(result.id, String(index));
    const squares = result.embedding.reduce((sum, value) => sum + value * value, 0);
    assert.ok(Math.abs(squares - 1) < 1e-3, `text ${index} has a vector of length one`);
    if (index % Math.ceil(TEXTS / SAMPLE) === 0) sample.set(index, result.embedding);
    index++;
  }
  assert.equal(index, TEXTS);
  for (const [at, embedding] of sample) {
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache' };
    const answer = await fetch(`${url}/embed`, { method: 'POST', headers, body: JSON.stringify({ text: textOf(at) }) });
    const direct = /** @type {{ embedding: readonly number[] }} */ (await answer.json());
    assert.deepEqual(direct.embedding, embedding, `text ${at} is as /embed has it`);
  }
}

/** @typedef {{ seconds: number, done: number, mebibytes: Readonly<Record<string, number>> }} Sample */

/** The memory of each process by name; an inference process has a name of its own. @param {Readonly<Record<string, number>>} pids */
function memoryOf(pids) {
  /** @type {Record<string, number>} */
  const mebibytes = {};
  for (const [name, pid] of Object.entries(pids)) {
    const [own, ...children] = processMemory(pid);
    mebibytes[name] = own?.mebibytes ?? 0;
    if (children.length > 0) mebibytes[`${name}, inference`] = children.reduce((sum, child) => sum + child.mebibytes, 0);
  }
  return mebibytes;
}

/** The first sample of each part of the job, and the last sample. @param {readonly Sample[]} samples */
function printMemory(samples) {
  const parts = [0, 0.25, PEACE_FROM, 0.6, 0.8].flatMap((part) => samples.find(({ done }) => done >= part) ?? []);
  const columns = [...parts, ...samples.slice(-1)];
  const names = [...new Set(columns.flatMap(({ mebibytes }) => Object.keys(mebibytes)))];
  console.log(`\n| MiB RSS | ${columns.map(({ done, seconds }) => `${Math.round(done * 100)} %, ${seconds} s`).join(' | ')} |`);
  console.log(`| --- |${' --- |'.repeat(columns.length)}`);
  for (const name of names) console.log(`| ${name} | ${columns.map(({ mebibytes }) => Math.round(mebibytes[name] ?? 0)).join(' | ')} |`);
}

/** Redis may grow, because it keeps the results. A worker is judged by the time in which it is not killed. @param {readonly Sample[]} samples */
function assertFlat(samples) {
  /** @param {string} name @param {number} from @param {number} to */
  const median = (name, from, to) => {
    const values = samples.filter(({ done }) => done >= from && done < to).map(({ mebibytes }) => mebibytes[name] ?? 0);
    return values.sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
  };
  const third = (1 - PEACE_FROM) / 3;
  const [warm, late] = [PEACE_FROM + third, PEACE_FROM + 2 * third];
  for (const name of ['service', 'service, inference'])
    assert.ok(median(name, late, 1) <= median(name, 0.25, 0.5) * MOST_GROWTH, `the ${name} has grown`);
  for (const name of ['worker 1', 'worker 2', 'worker 1, inference', 'worker 2, inference'])
    assert.ok(median(name, late, 1) <= median(name, warm, late) * MOST_GROWTH, `${name} has grown`);
}

async function main() {
  const port = await freePort();
  const redis = await startRedis(port, folder, ['--appendonly', 'yes']);
  const settings = {
    QUEUE_REDIS_URL: `redis://127.0.0.1:${port}`,
    API_RUNS_JOBS: 'false',
    RATE_LIMIT_REQUESTS: '0',
    EMBEDDING_WORKERS: '1',
    CACHE_DIR: 'off',
    CACHE_MEMORY_MB: '8', // the cache is full long before memory is compared
    JOB_MAX_TEXTS: String(TEXTS),
  };
  const service = await startService(folder, settings);
  const { url } = service;
  const startWorker = () => startProgram([process.execPath, workerProgram], { cwd: folder, env: settings, until: /Working on jobs/ });
  const workers = [await startWorker(), await startWorker()];

  const { id } = await submitTexts(url);
  console.log(`job ${id}: ${TEXTS} texts, two workers, one killed every ${KILL_EVERY_MS / 1000} s`);
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const pids = () => ({ service: service.pid, 'worker 1': workers[0]?.pid ?? 0, 'worker 2': workers[1]?.pid ?? 0, Redis: redis.pid });
  /** @type {Sample[]} */
  const samples = [];
  let kills = 0;
  for (;;) {
    await delay(KILL_EVERY_MS);
    const job = await readJob(`${url}/jobs/${id}`);
    const done = (job.progress.completed + job.progress.failed) / TEXTS;
    samples.push({ seconds: seconds(), done, mebibytes: memoryOf(pids()) });
    console.log(`${seconds()} s  ${JSON.stringify(job.progress)}  kills ${kills}`);
    if (job.finished_at !== null) {
      assert.deepEqual([job.status, job.progress], ['completed', { total: TEXTS, completed: TEXTS, failed: 0 }]);
      break;
    }
    if (done >= PEACE_FROM) continue;
    const victim = kills++ % 2;
    workers[victim]?.child.kill('SIGKILL');
    workers[victim] = await startWorker();
  }
  console.log(`Done in ${seconds()} s: ${Math.round(TEXTS / seconds())} texts/s with ${kills} kills.`);
  await checkResults(url, id);
  console.log(`Every one of ${TEXTS} texts came out once, in order; ${SAMPLE} of them compared with /embed, bit for bit.`);
  samples.push({ seconds: seconds(), done: 1, mebibytes: memoryOf(pids()) });
  printMemory(samples);
  assertFlat(samples);
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  process.exit(process.exitCode ?? 0);
}
