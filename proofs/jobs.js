/**
 * 100,000 texts through two workers, one of them killed (kill -9) every few seconds; JOB_TEXTS sets another number.
 * Checks that every text came out once, in order, with a unit vector, and a sample against /embed; prints the memory
 * of the processes as it goes.
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
import { freePort, startProgram, startRedis, startService } from './started.js';

const TEXTS = Number(process.env['JOB_TEXTS'] ?? 100_000);
const KILL_EVERY_MS = 5_000;
const SAMPLE = 50;

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

async function main() {
  const port = await freePort();
  await startRedis(port, folder, ['--appendonly', 'yes']);
  const settings = {
    QUEUE_REDIS_URL: `redis://127.0.0.1:${port}`,
    API_RUNS_JOBS: 'false',
    RATE_LIMIT_REQUESTS: '0',
    EMBEDDING_WORKERS: '1',
    CACHE_DIR: 'off',
    JOB_MAX_TEXTS: String(TEXTS),
  };
  const service = await startService(folder, settings);
  const { url } = service;
  const startWorker = () => startProgram([process.execPath, workerProgram], { cwd: folder, env: settings, until: /Working on jobs/ });
  const workers = [await startWorker(), await startWorker()];

  const { id } = await submitTexts(url);
  console.log(`job ${id}: ${TEXTS} texts, two workers, one killed every ${KILL_EVERY_MS / 1000} s`);
  const startedAt = performance.now();
  for (let kills = 0; ; kills++) {
    await delay(KILL_EVERY_MS);
    const job = await readJob(`${url}/jobs/${id}`);
    const mebibytes = [service, ...workers].map(({ pid }) => Math.round(processMemory(pid)[0]?.mebibytes ?? 0));
    console.log(
      `${Math.round((performance.now() - startedAt) / 1000)} s  ${JSON.stringify(job.progress)}  kills ${kills}  MiB service ${mebibytes[0]}, workers ${mebibytes.slice(1).join(', ')}`,
    );
    if (job.finished_at !== null) {
      assert.deepEqual([job.status, job.progress], ['completed', { total: TEXTS, completed: TEXTS, failed: 0 }]);
      break;
    }
    const victim = kills % 2;
    workers[victim]?.child.kill('SIGKILL');
    workers[victim] = await startWorker();
  }
  await checkResults(url, id);
  console.log(`Every one of ${TEXTS} texts came out once, in order; ${SAMPLE} of them compared with /embed, bit for bit.`);
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
