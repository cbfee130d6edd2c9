/**
 * `npm run proof:exact-counts` starts two instances of two HTTP processes each on one Redis, and callers who exceed their limit
 * with some of their calls. The metrics of both instances together must count exactly the answers that the callers saw.
 * REQUESTS sets the number of requests.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/support/free-port.js';
import { startRedis, startService } from './started.js';

const REQUESTS = Number(process.env['REQUESTS'] ?? 46_000);
const CONNECTIONS = 16;
const TEXTS = 500;
/** Each caller has a limit of its own, which its last calls exceed. */
const CALLERS = 20;
const LIMIT = Math.floor((REQUESTS / CALLERS) * 0.9);

const folder = mkdtempSync(join(tmpdir(), 'embedding-exact-counts-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const port = await freePort();
await startRedis(port, folder, []);
const settings = {
  REDIS_URL: `redis://127.0.0.1:${port}`,
  WEB_CONCURRENCY: '2',
  TRUST_PROXY: '1',
  RATE_LIMIT_REQUESTS: `${LIMIT}`,
  RATE_LIMIT_WINDOW: '86400',
  LOG_REQUESTS: 'false',
  DATA_DIR: folder,
};
const instances = await Promise.all([startService(folder, settings), startService(folder, settings)]);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/** @type {Map<string, number>} */
const seen = new Map();
let next = 0;
await Promise.all(Array.from({ length: CONNECTIONS }, caller));
agent.destroy();

const expected = {
  'answered with 200': seen.get('200') ?? 0,
  'refused with 429': seen.get('429') ?? 0,
  'texts from the cache': seen.get('cached') ?? 0,
  'texts that were computed': seen.get('computed') ?? 0,
};
const counted = {
  'answered with 200': await sumOf('http_requests_total', { route: '/embed', status: '200' }),
  'refused with 429': await sumOf('rate_limited_requests_total', { limit: 'requests' }),
  'texts from the cache': await sumOf('embedding_texts_total', { cached: 'true' }),
  'texts that were computed': await sumOf('embedding_texts_total', { cached: 'false' }),
};
console.table({ 'seen by the callers': expected, 'counted by the service': counted });
const isExact = JSON.stringify(expected) === JSON.stringify(counted) && expected['answered with 200'] === CALLERS * LIMIT;
if (!isExact) console.error(`Not equal, or not exactly ${CALLERS * LIMIT} calls let through`);
for (const { child, exited } of instances) {
  child.kill('SIGTERM');
  await exited;
}
process.exit(isExact ? 0 : 1);

async function caller() {
  while (next < REQUESTS) {
    const index = next++;
    const { status, cached } = await embed(index);
    count(String(status));
    if (status === 200) count(cached ? 'cached' : 'computed');
  }
}

/** @param {string} name */
function count(name) {
  seen.set(name, (seen.get(name) ?? 0) + 1);
}

/** @param {number} index @returns {Promise<{ status: number | undefined, cached: boolean }>} */
async function embed(index) {
  const body = JSON.stringify({ text: `text number ${index % TEXTS}` });
  const headers = { 'content-type': 'application/json', 'content-length': body.length, 'x-forwarded-for': `10.0.0.${index % CALLERS}` };
  return await new Promise((resolve, reject) => {
    const sent = request(`${instances[index % 2]?.url}/embed`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, cached: answer.headers['x-cache'] === 'hit' }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The sum of a metric over both instances. @param {string} name @param {Record<string, string>} labels */
async function sumOf(name, labels) {
  let sum = 0;
  for (const { url } of instances) {
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const line of text.split('\n')) {
      const isWanted =
        line.startsWith(`${name}{`) && Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`));
      if (isWanted) sum += Number(line.slice(line.lastIndexOf(' ')));
    }
  }
  return sum;
}
