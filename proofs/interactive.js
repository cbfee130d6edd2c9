/**
 * `npm run proof:interactive -- [--rounds N] [--seconds N]`: measures how much a job of 50,000 texts slows
 * down requests for one text. It sends one new text every 100 ms to a service with default settings (no Redis), in turns
 * without and with the job. Prints p50 and p95 of each, and ends with 1 if the p95 of the median round is over twice that
 * of the idle service.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HttpConnection } from '../bench/http-connection.js';
import { newRequests } from '../bench/request-source.js';
import { median, percentile } from '../bench/statistics.js';
import { shortTexts, TextSource } from '../bench/text-source.js';
import { startService } from './started.js';

const JOB_TEXTS = 50_000;
const ASK_EVERY_MS = 100;
const WARM_UP_SECONDS = 3;
const MOST_RATIO = 2;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '8' } } });
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
if (!(rounds >= 1) || !(seconds >= 1)) throw new Error('npm run proof:interactive -- [--rounds N] [--seconds N]');

const folder = mkdtempSync(join(tmpdir(), 'embedding-interactive-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const service = await startService(folder, { RATE_LIMIT_REQUESTS: '0' });
const requests = newRequests({ url: service.url, api: 'seed', model: '' }, { range: shortTexts, textsPerRequest: 1 });
const connection = new HttpConnection(new URL(service.url));
const jobTexts = new TextSource(shortTexts);

await ask(WARM_UP_SECONDS);
console.log('| round | idle p50 | idle p95 | during a job p50 | p95 | ratio of p95 | texts/s of the job | slowest while it was sent |');
console.log('| --- |' + ' --- |'.repeat(7));
const ratios = [];
for (let round = 1; round <= rounds; round++) {
  const body = Buffer.from(JSON.stringify({ texts: jobTexts.take(JOB_TEXTS) })); // made before the measurement begins
  const idle = await ask(seconds);
  const sending = startJob(body);
  const meanwhile = await ask(WARM_UP_SECONDS);
  const job = await sending;
  const before = await doneOf(job);
  const during = await ask(seconds);
  const done = (await doneOf(job)) - before;
  await fetch(job, { method: 'DELETE' });
  await delay(2_000); // until its runs have ended and its texts are removed
  const ratio = percentile(during, 0.95) / percentile(idle, 0.95);
  ratios.push(ratio);
  const cells = [percentile(idle, 0.5), percentile(idle, 0.95), percentile(during, 0.5), percentile(during, 0.95)];
  const slowest = Math.max(...meanwhile).toFixed(1);
  console.log(
    `| ${round} | ${cells.map((ms) => ms.toFixed(1)).join(' | ')} | ${ratio.toFixed(2)} | ${Math.round(done / seconds)} | ${slowest} |`,
  );
}
console.log(`\nmedian ratio of p95: ${median(ratios).toFixed(2)} (at most ${MOST_RATIO})`);
process.exit(median(ratios) <= MOST_RATIO ? 0 : 1);

/** Sends requests at fixed times for this long, and returns the milliseconds of each. @param {number} forSeconds */
async function ask(forSeconds) {
  const took = [];
  const startedAt = performance.now();
  for (let at = startedAt; at < startedAt + forSeconds * 1000; at += ASK_EVERY_MS) {
    await delay(Math.max(0, at - performance.now()));
    const { bytes } = requests.next();
    const sentAt = performance.now();
    await connection.send(bytes, false);
    took.push(performance.now() - sentAt);
  }
  return took;
}

/** Resolves to the path of the job. @param {Buffer} body */
async function startJob(body) {
  const answer = await fetch(`${service.url}/jobs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (answer.status !== 202) throw new Error(`the job was answered with ${answer.status}: ${await answer.text()}`);
  return service.url + (answer.headers.get('location') ?? '');
}

/** How many of its texts are done, once it is at work. @param {string} job @returns {Promise<number>} */
async function doneOf(job) {
  const { status, progress } = /** @type {{ status: string, progress: { completed: number } }} */ (await (await fetch(job)).json());
  if (status === 'active') return progress.completed;
  if (status !== 'queued') throw new Error(`the job is ${status}`);
  await delay(ASK_EVERY_MS);
  return await doneOf(job);
}
