/**
 * `npm run proof:hostile -- [--minutes N]`, ten minutes by default: one key makes each attack of hostile-attacks.js in turn
 * on a service with 2 GiB of memory, while another key embeds a text every 100 ms. Ends with 1 if the other key sees an error
 * or a p99 of a second or more, if an attack succeeds, or if the service does not end with 0.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { percentile } from '../bench/statistics.js';
import { attacks } from './hostile-attacks.js';
import { limitedMemory } from './limited-memory.js';
import { loseDescriptors } from './lost-descriptors.js';
import { figuresOf } from './process-figures.js';
import { startService } from './started.js';

const memoryBytes = 2 * 1024 ** 3;
const askEveryMs = 100;
const mostP99Ms = 1_000;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('npm run proof:hostile -- [--minutes N]');

const folder = mkdtempSync(join(tmpdir(), 'embedding-hostile-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** @type {string[]} */
const problems = [];
const limited = limitedMemory(memoryBytes);
if (limited === undefined) console.log('Memory cannot be limited here; it is only measured.');
const dataDir = join(folder, 'data');
const service = await startService(
  folder,
  {
    DATA_DIR: dataDir,
    RATE_LIMIT_REQUESTS: '0',
    LOG_REQUESTS: 'false',
    CACHE_SCOPE: 'key',
    API_KEYS: ['attacker', 'bystander'].map((name) => `${name}:${createHash('sha256').update(name.repeat(6)).digest('hex')}`).join(','),
    WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    WEBHOOK_ALLOW_PRIVATE: 'true',
  },
  limited,
);
const attackerKey = 'attacker'.repeat(6);
const scene = {
  url: service.url,
  dataDir,
  attackerKey,
  attacker: { authorization: `Bearer ${attackerKey}` },
  bystander: { authorization: `Bearer ${'bystander'.repeat(6)}` },
};

const stopping = new AbortController();
const asking = ask();
const until = performance.now() + minutes * 60_000;
let mostMebibytes = 0;
do {
  for (const [name, attack] of Object.entries(attacks)) {
    const { problems: found, seen } = await attack(scene).catch((/** @type {unknown} */ error) => ({
      problems: [String(error)],
      seen: 'failed',
    }));
    const { main, mainMappedFiles, workers } = figuresOf(service.pid);
    mostMebibytes = Math.max(mostMebibytes, main + workers.reduce((sum, size) => sum + size, 0));
    problems.push(...found.map((problem) => `${name}: ${problem}`));
    console.log(
      `${name}: ${found.length === 0 ? seen : found.slice(0, 5).join('; ')} (${main.toFixed(0)} MiB and ${mainMappedFiles.toFixed(0)} MiB of mapped files)`,
    );
  }
} while (performance.now() < until);
stopping.abort();
const answers = await asking;
const p99 = percentile(answers.times, 0.99);
if (answers.failed.length > 0)
  problems.push(`the other key saw ${answers.failed.length} errors: ${[...new Set(answers.failed)].join(', ')}`);
if (p99 >= mostP99Ms) problems.push(`the other key's p99 was ${p99.toFixed(0)} ms`);
service.child.kill('SIGTERM');
const exitCode = await service.exited;
if (exitCode !== 0) problems.push(`the service ended with ${exitCode}`);

const descriptors = await loseDescriptors(folder);
problems.push(...descriptors.problems.map((problem) => `no descriptors: ${problem}`));
console.log(`no descriptors: ${descriptors.problems.length === 0 ? descriptors.seen : descriptors.problems.join('; ')}`);

console.log(
  `\nThe other key: ${answers.times.length} requests, ${answers.failed.length} errors, p50 ${percentile(answers.times, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms.`,
);
console.log(`The service: at most ${mostMebibytes.toFixed(0)} MiB, exit code ${exitCode}.`);
for (const problem of problems) console.log(`PROBLEM ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);

/** Embeds a new text at fixed times until it is stopped. */
async function ask() {
  const times = [];
  const failed = [];
  for (let at = performance.now(), count = 0; !stopping.signal.aborted; at += askEveryMs, count++) {
    await delay(Math.max(0, at - performance.now()));
    const startedAt = performance.now();
    const status = await fetch(`${service.url}/embed`, {
      method: 'POST',
      headers: { ...scene.bystander, 'content-type': 'application/json' },
      body: JSON.stringify({ text: `a well-behaved text, number ${count}` }),
    }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      (/** @type {unknown} */ error) => String(error),
    );
    times.push(performance.now() - startedAt);
    if (status !== 200) failed.push(String(status));
    at = Math.max(at, performance.now() - askEveryMs);
  }
  return { times, failed };
}
