/**
 * `npm run proof:rolling`: restarts two services behind the balancer of docker-compose.yml, one after the other, under load, then
 * starts a third one and ends it. It only sends SIGTERM, waits for the end, and starts the service again. The balancer asks
 * /health/ready, as Kubernetes does, removes a service that is not ready, and repeats no request that was sent. It learns the
 * services from a name server, as from Docker's. Ends with 1 if a request fails. It needs Linux: each service has an address of
 * 127.0.0.0/8 of its own.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startNameServer } from './name-server.js';
import { freePort } from '../test/support/free-port.js';
import { startProgram, startService } from './started.js';

const callers = 8;
const rounds = 2;
/** The delay that docker-compose.yml sets. HAProxy asks each second; on a busy machine an answer may be slow. */
const seenAfterMs = 5_000;
const askEveryMs = 100;
const longestWaitMs = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'embedding-rolling-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const front = await freePort();
const port = await freePort(); // the same at each address, as in containers
const addresses = ['127.0.0.2', '127.0.0.3'];
/** @param {string} address */
const start = async (address) => {
  const settings = {
    API_HOST: address,
    API_PORT: `${port}`,
    RATE_LIMIT_REQUESTS: '0',
    EMBEDDING_WORKERS: '1',
    SHUTDOWN_DELAY_MS: `${seenAfterMs}`,
    CACHE_DIR: 'off',
    DATA_DIR: join(folder, address),
    LOG_REQUESTS: 'false',
  };
  return { ...(await startService(folder, settings)), url: `http://${address}:${port}` };
};
const services = [await start('127.0.0.2'), await start('127.0.0.3')];
const names = await startNameServer(addresses);
const balancer = await startBalancer();
const agent = new Agent({ keepAlive: true, maxSockets: callers });
/** @type {Map<string, number>} */
const outcomes = new Map();
const stopping = new AbortController();
const load = Promise.all(Array.from({ length: callers }, (_, caller) => ask(caller)));
await delay(2_000);
for (let round = 0; round < rounds; round++) for (const index of services.keys()) await restart(index);
await addAndRemove('127.0.0.4');
await delay(2_000);
stopping.abort();
await load;
agent.destroy();
balancer.child.kill('SIGTERM');
names.close();
for (const { child } of services) child.kill('SIGTERM');

const failed = [...outcomes].filter(([outcome]) => outcome !== '200');
console.log(`\n| outcome | requests |\n| --- | --- |`);
for (const [outcome, count] of outcomes) console.log(`| ${outcome} | ${count} |`);
console.log(
  failed.length === 0 ? `\n${rounds * services.length} restarts and a third service for a while: no request failed.` : '\nRequests failed.',
);
if (failed.length > 0) console.log(balancer.output());
process.exit(failed.length === 0 ? 0 : 1);

/** HAProxy with the project's configuration; only the addresses are those of this machine. */
async function startBalancer() {
  const configuration = readFileSync(new URL('../config/haproxy/haproxy.cfg', import.meta.url), 'utf8')
    .replace('maxconn 10000', 'maxconn 1000') // as many open files as a desk allows
    .replace('bind :8000', `bind 127.0.0.1:${front}`)
    .replace('nameserver dns 127.0.0.11:53', `nameserver dns ${names.address}`)
    .replace('api:8000', `api:${port}`);
  writeFileSync(join(folder, 'haproxy.cfg'), configuration);
  const started = await startProgram(['haproxy', '-W', '-db', '-f', 'haproxy.cfg'], { cwd: folder, until: /Loading success/ });
  await until(async () => (await fetch(`http://127.0.0.1:${front}/health`)).status === 200);
  return started;
}

/** @param {number} index */
async function restart(index) {
  const address = addresses[index] ?? '';
  await end(services[index]);
  services[index] = await startAndGetRequests(address);
  console.log(`restarted ${address}: not ready while it still answered, ended with 0, started, ready, gets requests`);
}

/** @param {string} address */
async function addAndRemove(address) {
  addresses.push(address);
  const added = await startAndGetRequests(address);
  await end(added);
  addresses.pop();
  console.log(`added ${address}: it got requests and ended with 0`);
}

/** @param {import('./started.js').Started & { url: string } | undefined} leaving */
async function end(leaving) {
  if (leaving === undefined) return;
  leaving.child.kill('SIGTERM');
  await until(async () => (await readiness(leaving.url)) === 503);
  const exitCode = await leaving.exited;
  if (exitCode !== 0) throw new Error(`a service ended with ${exitCode}:\n${leaving.output()}`);
}

/** @param {string} address */
async function startAndGetRequests(address) {
  const started = await start(address);
  await until(async () => (await readiness(started.url)) === 200);
  await until(async () => await getsRequests(started.url));
  return started;
}

/** @param {string} url */
async function getsRequests(url) {
  const page = await (await fetch(`${url}/metrics`)).text();
  return /^embedding_requests_total\{.*\} [1-9]/m.test(page);
}

/** @param {string} url */
async function readiness(url) {
  const answer = await fetch(`${url}/health/ready`);
  await answer.body?.cancel();
  return answer.status;
}

/** @param {() => Promise<boolean>} isSo */
async function until(isSo) {
  const deadline = performance.now() + longestWaitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${longestWaitMs} ms: ${isSo.toString()}`);
    await delay(askEveryMs);
  }
}

/** Counts requests by their outcome: the status, or the fault of the connection. @param {number} caller */
async function ask(caller) {
  for (let number = 0; !stopping.signal.aborted; number++) {
    const text = number % 2 === 0 ? `caller ${caller}, text ${number}` : 'a text that is cached';
    const outcome = await post(JSON.stringify({ text }));
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
}

/** @param {string} body @returns {Promise<string>} */
function post(body) {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ host: '127.0.0.1', port: front, path: '/embed', method: 'POST', headers, agent }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(`${answer.statusCode}`)).once('error', (error) => resolve(error.message));
    });
    sent.once('error', (error) => resolve(error.message));
    sent.end(body);
  });
}
