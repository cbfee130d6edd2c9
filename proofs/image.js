/**
 * `npm run proof:image`, as root on Linux: builds the Dockerfile, and runs the image with a read-only root, as its user and as
 * PID 1. Its vectors equal those of this clone, the health check succeeds, a request that is under way at SIGTERM is answered,
 * and the exit code is 0. It prints the size of each layer (compressed, unless Docker built it).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freshClone } from '../scripts/fresh-clone.js';
import { startBuiltService } from '../scripts/started-service.js';
import { freePort } from '../test/support/free-port.js';
import { buildImage } from './image-builders.js';
import { startImage } from './image-process.js';

const MOST_PACKAGES_MIB = 180;
const TEXTS = Array.from({ length: 100 }, (_, index) =>
  `text ${index} of a request that is under way when the image has to stop `.repeat(20),
);

if (process.platform !== 'linux' || process.getuid?.() !== 0)
  throw new Error('npm run proof:image has to be run as root on Linux: only root may make namespaces');

const workFolder = mkdtempSync(join(tmpdir(), 'embedding-image-'));
const clone = freshClone();
process.once('exit', () => [workFolder, clone].forEach((folder) => rmSync(folder, { recursive: true, force: true })));
/** @type {string[]} */
const faults = [];

const image = buildImage(clone, workFolder);
try {
  reportSizes();
  const vector = await ownVector();
  const service = await startImage(image, { API_HOST: '127.0.0.1', API_PORT: `${await freePort()}` });
  const answer = await post(`${service.url}/embed`, { text: 'a text' });
  check('is PID 1 of its namespace', service.pidInside, 1);
  check('runs as the user 1000', service.userId, 1000);
  check('gives the vectors of the clone', JSON.stringify(answer.body.embedding) === JSON.stringify(vector), true);
  check('its health check succeeds', service.exec(...(image.config.Healthcheck?.Test.slice(1) ?? ['false'])), 0);
  check('its root is read-only, but not its temporary folder', [service.exec('touch', 'written'), service.exec('mktemp')], [1, 0]);
  const [lost = 0, ...others] = service.inferenceProcesses();
  process.kill(lost, 'SIGKILL');
  check(
    'replaces a lost inference process',
    await within(10_000, () => service.inferenceProcesses().filter((pid) => pid !== lost).length > others.length),
    true,
  );
  check('leaves no zombies', service.zombies(), 0);
  const pending = post(`${service.url}/embed/batch`, { texts: TEXTS });
  await isComputing(service.url);
  service.stop();
  const { status, body } = await pending;
  check('answers a request that is under way', [status, body.embeddings?.length], [200, TEXTS.length]);
  check('exits with', await service.exited, 0);
} finally {
  image.release();
}
if (faults.length > 0) process.exitCode = 1;

function reportSizes() {
  for (const { bytes, what } of image.layers) console.log(`${mebibytes(bytes)} MiB  ${what.slice(0, 120)}`);
  const packages = join(image.rootFolder, image.config.WorkingDir, 'node_modules');
  const size = Number(execFileSync('du', ['--summarize', '--bytes', packages], { encoding: 'utf8' }).split('\t')[0]);
  console.log(`node_modules: ${mebibytes(size)} MiB on the disk`);
  check(`has at most ${MOST_PACKAGES_MIB} MiB of packages`, size <= MOST_PACKAGES_MIB * 2 ** 20, true);
  check('lists its packages in sbom.cdx.json', existsSync(join(packages, '../sbom.cdx.json')), true);
  check('is labelled with', image.config.Labels['org.opencontainers.image.licenses'], 'Apache-2.0');
}

/** @param {number} bytes */
function mebibytes(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}

/** @param {string} what @param {unknown} actual @param {unknown} expected */
function check(what, actual, expected) {
  const isRight = JSON.stringify(actual) === JSON.stringify(expected);
  console.log(`${isRight ? 'ok    ' : 'FAULT '} ${what}: ${JSON.stringify(actual)}`);
  if (!isRight) faults.push(what);
}

/** The vector of the same text by the clone's own build. */
async function ownVector() {
  const service = await startBuiltService(clone);
  const { body } = await post(`${service.url}/embed`, { text: 'a text' });
  await service.stop();
  return body.embedding;
}

/** Resolves when the service computes texts. @param {string} url */
async function isComputing(url) {
  const active = async () => /** @type {{ queue: { active: number } }} */ (await (await fetch(`${url}/stats`)).json()).queue.active > 0;
  if (!(await within(10_000, active))) throw new Error('The request was never under way.');
}

/** Whether it becomes true in this time. @param {number} milliseconds @param {() => boolean | Promise<boolean>} holds */
async function within(milliseconds, holds) {
  const deadline = performance.now() + milliseconds;
  while (performance.now() < deadline) {
    if (await holds()) return true;
    await delay(10);
  }
  return false;
}

/** @param {string} url @param {object} body @returns {Promise<{ status: number, body: { embedding?: number[], embeddings?: number[][] } }>} */
async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: answer.status, body: /** @type {{ embedding?: number[] }} */ (await answer.json()) };
}
