/**
 * Measures what the calls of the service cost a Redis, and the process that calls: CPU time, memory and commands for one
 * call of the rate limit, and for one vector read and written by the cache. These are constants of src/capacity/measured-costs.ts.
 *
 *   npm run bench:redis
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { freePort } from '../test/support/free-port.js';

/** @typedef {typeof import('../src/throttler/redis-throttler-storage.js')} Throttler */
/** @typedef {typeof import('../src/cache/redis-values.js')} Values */

const calls = 20_000;
/** As many processes of the service ask at the same time, so Redis reads one call from each socket. */
const connections = 50;
const vectorBytes = 12 + 384 * 4;
const callers = 100;

const port = await freePort();
const server = spawn('redis-server', ['--port', String(port), '--save', ''], { stdio: 'ignore' });
try {
  const clients = await Promise.all(Array.from({ length: connections }, () => connected(port)));
  const { RedisThrottlerStorage } = /** @type {Throttler} */ (await built('throttler/redis-throttler-storage.js'));
  const { openRedisValues } = /** @type {Values} */ (await built('cache/redis-values.js'));
  const storages = clients.map((client) => new RedisThrottlerStorage(client));
  const caches = clients.map((client) => openRedisValues(client, { ttlMs: 86_400_000, keyPrefix: '' }));
  const value = new Uint8Array(vectorBytes);
  const keyOf = (/** @type {number} */ call) => String(call).padEnd(80, 'k');
  console.log(`Redis, ${calls} calls each, over ${connections} connections`);
  await report(clients, 'a call of the rate limit', (call, at) => storages[at]?.increment(`key:${call % callers}`, 60_000, 1_000_000));
  await report(clients, 'a vector written', (call, at) => caches[at]?.setMany([{ key: keyOf(call), value }]));
  await report(clients, 'a vector read', (call, at) => caches[at]?.getMany([keyOf(call)]));
  for (const client of clients) client.disconnect();
} finally {
  server.kill();
  await once(server, 'exit');
}

/** @param {number} at */
async function connected(at) {
  const redis = new Redis({ port: at, maxRetriesPerRequest: null });
  redis.on('error', () => undefined); // Redis is still starting; ioredis tries again
  await once(redis, 'ready');
  return redis;
}

/** @param {string} file @returns {Promise<unknown>} */
async function built(file) {
  return await import(new URL(`../build/${file}`, import.meta.url).href);
}

/**
 * @param {readonly Redis[]} clients
 * @param {string} name
 * @param {(call: number, client: number) => Promise<unknown> | undefined} ask
 */
async function report(clients, name, ask) {
  const [observer] = clients;
  if (observer === undefined) return;
  const before = await figures(observer);
  const ownBefore = process.cpuUsage();
  await Promise.all(clients.map((_, client) => askInTurn(client, ask)));
  const own = process.cpuUsage(ownBefore);
  const after = await figures(observer);
  const perCall = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ digits) =>
    ((to - from) / calls).toFixed(digits);
  const cpu = perCall(before.cpuMicroseconds, after.cpuMicroseconds, 1);
  const bytes = perCall(before.bytes, after.bytes, 0);
  const client = ((own.user + own.system) / calls).toFixed(0);
  console.log(
    `${name}: ${cpu} us of CPU in Redis, ${client} us in this process, ${bytes} bytes, ${perCall(before.commands, after.commands, 1)} commands`,
  );
}

/** @param {number} client @param {(call: number, client: number) => Promise<unknown> | undefined} ask */
async function askInTurn(client, ask) {
  for (let call = client; call < calls; call += connections) await ask(call, client);
}

/** @param {Redis} redis */
async function figures(redis) {
  const info = await redis.info('everything');
  const read = (/** @type {string} */ field) => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1]);
  const commands = [...info.matchAll(/^cmdstat_\S+:calls=(\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  return { cpuMicroseconds: (read('used_cpu_user') + read('used_cpu_sys')) * 1e6, bytes: read('used_memory_dataset'), commands };
}
