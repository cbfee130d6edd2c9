import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sendHostileShapes } from './hostile-shapes.js';

const refusals = fileURLToPath(new URL('./refusals.py', import.meta.url));
const run = promisify(execFile);
const mebibyte = 1024 * 1024;

/**
 * @typedef {object} Scene
 * @property {string} url
 * @property {string} dataDir
 * @property {string} attackerKey
 * @property {{ authorization: string }} attacker Headers of the key that attacks.
 * @property {{ authorization: string }} bystander Headers of another key, which must not suffer.
 */

/** Each resolves to what went wrong, and a line that says what was seen. @type {Readonly<Record<string, (scene: Scene) => Promise<{ problems: readonly string[], seen: string }>>>} */
export const attacks = {
  'hostile shapes': async ({ url, attacker }) => {
    const { problems, slowestMs, sent } = await sendHostileShapes(url, attacker, { mostHealthMs: 1_000 });
    return { problems, seen: `${sent} bodies, slowest /health/live ${slowestMs.toFixed(0)} ms` };
  },

  'bodies announced and withheld': async ({ url, attacker }) => {
    const bytes = 30 * mebibyte;
    const sockets = Array.from({ length: 40 }, () => withhold(new URL(url), attacker.authorization, bytes));
    const refusedNow = () => sockets.filter(({ answer }) => answer().slice(9, 12) === '503').length;
    const startedAt = performance.now();
    await delay(6_000);
    while (refusedNow() < 30 && performance.now() - startedAt < 12_000) await delay(100); // a busy machine receives slowly
    const refused = refusedNow();
    for (const { socket } of sockets) socket.destroy();
    return {
      problems: refused < 30 ? [`only ${refused} of 40 bodies of 30 MiB were refused`] : [],
      seen: `${refused} of 40 refused with 503`,
    };
  },

  'hung webhooks': async ({ url, attacker, bystander }) => {
    const receiver = await startReceiver();
    await Promise.all(
      Array.from({ length: 96 }, (_, index) => job(url, attacker, ['a'], `${receiver.url}/hang/${index}`).catch(() => undefined)),
    );
    await delay(2_000);
    await job(url, bystander, ['a text'], `${receiver.url}/bystander`);
    const startedAt = performance.now();
    while (!receiver.hasDelivered() && performance.now() - startedAt < 20_000) await delay(50);
    const took = performance.now() - startedAt;
    receiver.close();
    return {
      problems: took > 5_000 ? [`another's webhook took ${(took / 1000).toFixed(1)} s`] : [],
      seen: `another's webhook after ${took.toFixed(0)} ms`,
    };
  },

  'refusals of large bodies': async ({ url, attacker, attackerKey }) => {
    const { stdout } = await run('python3', [refusals, url, attackerKey, '2'], { timeout: 300_000 });
    const { clients, faults } = /** @type {{ clients: string[], faults: string[] }} */ (JSON.parse(stdout));
    const more = await Promise.all([curlFaults(url), fetchFaults(url, attacker)]);
    return { problems: [...faults, ...more.flat()], seen: `${[...clients, 'curl', 'fetch'].join(', ')} saw every status` };
  },

  'a queue filled by one key': async ({ url, attacker, bystander }) => {
    const texts = Array.from({ length: 50_000 }, (_, index) => `a short text ${index} ${Math.random()}`);
    const statuses = [];
    for (let count = 0; count < 6; count++) statuses.push((await post(`${url}/jobs`, attacker, { texts })).status);
    const alone = 1_000;
    const startedAt = performance.now();
    const id = await job(
      url,
      bystander,
      Array.from({ length: alone }, (_, index) => `text ${index} ${Math.random()}`),
    );
    await finished(url, bystander, id, 120_000);
    const seconds = (performance.now() - startedAt) / 1000;
    await cancelAll(url, attacker);
    return {
      problems: seconds > 60 ? [`another's thousand texts took ${seconds.toFixed(0)} s`] : [],
      seen: `jobs ${statuses.join(' ')}; another's thousand texts in ${seconds.toFixed(1)} s`,
    };
  },

  'the cache as an oracle': async ({ url, attacker, bystander }) => {
    const text = `a secret ${Math.random()}`;
    await post(`${url}/embed`, bystander, { text });
    const { headers } = await post(`${url}/embed`, attacker, { text });
    const seen = headers.get('x-cache') ?? '';
    return {
      problems: seen === 'miss' ? [] : [`X-Cache says ${seen} of a text that only another key has embedded`],
      seen: `X-Cache ${seen}`,
    };
  },

  'files of others': ({ dataDir }) => {
    const open = modes(dataDir).filter(({ mode }) => (mode & 0o077) !== 0);
    return Promise.resolve({
      problems: open.map(({ path }) => `${path} can be read by others`),
      seen: `${modes(dataDir).length} files and folders are private`,
    });
  },
};

/** @param {URL} target @param {string} authorization @param {number} bytes */
function withhold({ hostname, port }, authorization, bytes) {
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (/** @type {Buffer} */ data) => (answer += String(data)));
  socket.on('error', () => undefined);
  socket.write(
    `POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`,
  );
  socket.write(Buffer.alloc(bytes - 1, ' '));
  return { socket, answer: () => answer };
}

async function startReceiver() {
  let delivered = false;
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/hang') === true) return; // never answered
    delivered = true;
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    hasDelivered: () => delivered,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param {string} url @param {{ authorization: string }} headers @param {object} body */
async function post(url, headers, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json().catch(() => undefined) };
}

/** The id of a job that was taken. @param {string} url @param {{ authorization: string }} headers @param {readonly string[]} texts @param {string} [webhookUrl] */
async function job(url, headers, texts, webhookUrl) {
  const { status, body } = await post(`${url}/jobs`, headers, { texts, ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }) });
  if (status !== 202) throw new Error(`the job was answered with ${status}`);
  return /** @type {{ id: string }} */ (body).id;
}

/** @param {string} url @param {{ authorization: string }} headers @param {string} id @param {number} withinMs */
async function finished(url, headers, id, withinMs) {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const { status } = /** @type {{ status: string }} */ (await (await fetch(`${url}/jobs/${id}`, { headers })).json());
    if (status === 'completed') return;
    await delay(100);
  }
}

/** @param {string} url @param {{ authorization: string }} headers */
async function cancelAll(url, headers) {
  const { data } = /** @type {{ data: { id: string }[] }} */ (await (await fetch(`${url}/jobs?limit=100`, { headers })).json());
  for (const { id } of data) await fetch(`${url}/jobs/${id}`, { method: 'DELETE', headers });
}

/** @param {string} url */
async function curlFaults(url) {
  if (spawnSync('curl', ['--version']).status !== 0) return [];
  const faults = [];
  for (const mebibytes of [1, 6, 70]) {
    const sent = run('sh', [
      '-c',
      `head -c ${mebibytes}M /dev/zero | curl -s -o /dev/null -w '%{http_code}' -H 'content-type: application/json' --data-binary @- ${url}/embed`,
    ]);
    const { stdout } = await sent.catch(() => ({ stdout: 'no answer' }));
    if (stdout !== '401') faults.push(`curl, ${mebibytes} MiB: ${stdout}`);
  }
  return faults;
}

/** @param {string} url @param {{ authorization: string }} headers */
async function fetchFaults(url, headers) {
  const faults = [];
  for (const mebibytes of [1, 6, 70]) {
    const body = Buffer.alloc(mebibytes * mebibyte, 'x');
    const answer = await fetch(`${url}/no-such-route`, { method: 'POST', headers, body }).catch((/** @type {unknown} */ error) => ({
      status: String(error),
    }));
    if (answer.status !== 404) faults.push(`fetch, ${mebibytes} MiB: ${answer.status}`);
  }
  return faults;
}

/** @param {string} folder @returns {readonly { path: string, mode: number }[]} */
function modes(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const path = join(folder, name);
    return { path, mode: statSync(path).mode };
  });
}
