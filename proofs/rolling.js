/**
 * `npm run proof:rolling`: restarts two services behind HAProxy, one after the other, under load. It only sends SIGTERM, waits
 * for the end, and starts the service again. HAProxy asks /health/ready, as Kubernetes does, removes a service that is not
 * ready, and repeats no request. Ends with 1 if a request fails.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../test/support/free-port.js';
import { startProgram, startService } from './started.js';

const callers = 8;
const rounds = 2;
/** HAProxy asks twice a second; on a busy machine an answer may be slow. */
const seenAfterMs = 3_000;
const askEveryMs = 100;

const folder = mkdtempSync(join(tmpdir(), 'embedding-rolling-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const front = await freePort();
const ports = [await freePort(), await freePort()];
const start = (/** @type {number} */ port) =>
  startService(folder, {
    API_PORT: `${port}`,
    RATE_LIMIT_REQUESTS: '0',
    EMBEDDING_WORKERS: '1',
    SHUTDOWN_DELAY_MS: `${seenAfterMs}`,
    CACHE_DIR: 'off',
    DATA_DIR: join(folder, `${port}`),
    LOG_REQUESTS: 'false',
  });
const services = [await start(ports[0] ?? 0), await start(ports[1] ?? 0)];
const balancer = await startBalancer();
const agent = new Agent({ keepAlive: true, maxSockets: callers });
/** @type {Map<string, number>} */
const outcomes = new Map();
const stopping = new AbortController();
const load = Promise.all(Array.from({ length: callers }, (_, caller) => ask(caller)));
await delay(2_000);
for (let round = 0; round < rounds; round++) for (const index of services.keys()) await restart(index);
await delay(2_000);
stopping.abort();
await load;
agent.destroy();
balancer.child.kill('SIGTERM');
for (const { child } of services) child.kill('SIGTERM');

const failed = [...outcomes].filter(([outcome]) => outcome !== '200');
console.log(`\n| outcome | requests |\n| --- | --- |`);
for (const [outcome, count] of outcomes) console.log(`| ${outcome} | ${count} |`);
console.log(failed.length === 0 ? `\n${rounds * services.length} restarts, no request failed.` : '\nRequests failed.');
if (failed.length > 0) console.log(balancer.output());
process.exit(failed.length === 0 ? 0 : 1);

async function startBalancer() {
  const servers = ports.map((port) => `  server s${port} 127.0.0.1:${port} check inter 500ms fall 1 rise 1`);
  const lines = [
    'defaults',
    '  mode http',
    '  timeout connect 5s',
    '  timeout client 60s',
    '  timeout server 60s',
    '  timeout check 5s',
    '  retries 0',
    'frontend callers',
    `  bind 127.0.0.1:${front}`,
    '  default_backend services',
    'backend services',
    '  option httpchk GET /health/ready',
    '  http-check expect status 200',
    ...servers,
    '',
  ];
  writeFileSync(join(folder, 'haproxy.cfg'), lines.join('\n'));
  const started = await startProgram(['haproxy', '-W', '-db', '-f', 'haproxy.cfg'], { cwd: folder, until: /Loading success/ });
  await until(async () => (await fetch(`http://127.0.0.1:${front}/health`)).status === 200);
  return started;
}

/** @param {number} index */
async function restart(index) {
  const leaving = services[index];
  const port = ports[index] ?? 0;
  if (leaving === undefined) return;
  leaving.child.kill('SIGTERM');
  await until(async () => (await readiness(leaving.url)) === 503);
  const exitCode = await leaving.exited;
  if (exitCode !== 0) throw new Error(`a service ended with ${exitCode}:\n${leaving.output()}`);
  const started = await start(port);
  services[index] = started;
  await until(async () => (await readiness(started.url)) === 200);
  await until(() => Promise.resolve(isBackIn(port)));
  console.log(`restarted ${port}: not ready while it still answered, ended with 0, started, ready, back in`);
}

/** HAProxy reports each return of a server once. @param {number} port */
function isBackIn(port) {
  const changes = [...balancer.output().matchAll(new RegExp(`Server services/s${port} is (UP|DOWN)`, 'g'))];
  return changes.at(-1)?.[1] === 'UP';
}

/** @param {string} url */
async function readiness(url) {
  const answer = await fetch(`${url}/health/ready`);
  await answer.body?.cancel();
  return answer.status;
}

/** @param {() => Promise<boolean>} isSo */
async function until(isSo) {
  while (!(await isSo())) await delay(askEveryMs);
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
