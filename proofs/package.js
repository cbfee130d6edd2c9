/**
 * `npm run proof:package`: makes the package, installs it into an empty folder with an empty home and npm's default settings
 * (but for the registry), and runs it there: `serve` answers a request, `embed` embeds a file, and both give the vector of this
 * clone, bit by bit. The packages beside it are those of this clone. What `npm pack` alone makes neither installs nor runs, and
 * names the command that makes the package. Ends with 1 otherwise.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProgram, startService } from './started.js';

const clone = fileURLToPath(new URL('../', import.meta.url));
const text = 'The cat sleeps on the warm windowsill.';
/** A machine may reach the registry only with them. */
const ofTheNetwork = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
];

const top = mkdtempSync(join(tmpdir(), 'embedding-package-proof-'));
process.once('exit', () => rmSync(top, { recursive: true, force: true, maxRetries: 5 }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const [home, folder] = [emptyFolder('home'), emptyFolder('empty')];

const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
const network = Object.fromEntries(ofTheNetwork.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
const env = {
  ...network,
  HOME: home,
  npm_config_globalconfig: join(home, 'global'), // is not there, like that of the user
  npm_config_registry: registry,
};

const packed = execFileSync(process.execPath, [join(clone, 'scripts/package.js')], { cwd: top, encoding: 'utf8' }).trim();
run(['npm', 'install', join(top, packed)]);
const installed = versionsIn(join(folder, 'node_modules/embedding-pipeline/app/node_modules/.package-lock.json'));
const locked = versionsIn(join(clone, 'package-lock.json'));
for (const [path, version] of installed) same(path, version, locked.get(path));
const redis = [...installed].filter(([path]) => path.endsWith('node_modules/ioredis'));
same('copies of ioredis', redis.map(([, version]) => version).join(), locked.get('node_modules/ioredis'));
console.log(`${packed}: ${installed.size} packages in the versions of this clone, ioredis ${redis[0]?.[1]}`);

const expected = await vectorOfClone();
const service = await startProgram(['npx', 'embedding-pipeline', 'serve', '--port', '0', '--host', '127.0.0.1'], {
  cwd: folder,
  env,
  until: /Listening on (http:\/\/\S+)/,
  detached: true,
});
const url = (service.match[1] ?? '').replace('localhost', '127.0.0.1');
same('vector of serve', await vectorFrom(url), expected);
process.kill(-service.pid, 'SIGINT'); // to all of its processes, as Ctrl-C does
await service.exited;
await until(
  'serve ends',
  async () =>
    await fetch(url).then(
      () => false,
      () => true,
    ),
);
console.log('serve: answers with the vector of the clone, and ends at a signal');

writeFileSync(join(folder, 'texts.txt'), `${text}\n`);
run(['npx', 'embedding-pipeline', 'embed', 'texts.txt', '--out', 'vectors.jsonl']);
const line = /** @type {{ embedding: number[] }} */ (JSON.parse(readFileSync(join(folder, 'vectors.jsonl'), 'utf8')));
same('vector of embed', bitsOf(line.embedding), expected);
console.log('embed: writes the vector of the clone');

refusesNpmPack();
console.log('npm pack: its package refuses to be installed and to run');

/** Installs what `npm pack` makes of the clone: with scripts of packages, and without. */
function refusesNpmPack() {
  const packedAlone = emptyFolder('npm-pack');
  const parameters = ['pack', '--silent', '--pack-destination', packedAlone];
  const tarball = join(packedAlone, execFileSync('npm', parameters, { cwd: clone, encoding: 'utf8' }).trim());
  refuses(['npm', 'install', '--no-save', tarball], packedAlone);
  run(['npm', 'install', '--no-save', '--ignore-scripts', tarball], packedAlone);
  refuses(['npx', 'embedding-pipeline', '--version'], packedAlone);
}

/** @param {readonly string[]} command @param {string} cwd */
function refuses([program = '', ...parameters], cwd) {
  const { status, stderr } = spawnSync(program, parameters, { cwd, env: environment(), encoding: 'utf8' });
  same(`exit code of ${program}`, status, 1);
  same(`sentence of ${program}`, stderr.includes('Run `npm run package` in a clone'), true);
}

/**
 * @param {string} what
 * @param {() => Promise<boolean>} isSo
 */
async function until(what, isSo) {
  for (let tries = 100; !(await isSo()); tries--) {
    if (tries === 0) throw new Error(`not within ten seconds: ${what}`);
    await delay(100);
  }
}

/** @param {string} lock */
function versionsIn(lock) {
  const { packages } = /** @type {{ packages: Record<string, { version: string }> }} */ (JSON.parse(readFileSync(lock, 'utf8')));
  return new Map(Object.entries(packages).map(([path, { version }]) => [path, version]));
}

/**
 * @param {string} what
 * @param {unknown} found
 * @param {unknown} wanted
 */
function same(what, found, wanted) {
  if (found !== wanted) throw new Error(`${what}: ${String(found)}, not ${String(wanted)}`);
}

/** @param {string} name */
function emptyFolder(name) {
  mkdirSync(join(top, name));
  return join(top, name);
}

/** @param {readonly string[]} command @param {string} [cwd] */
function run([program = '', ...parameters], cwd = folder) {
  execFileSync(program, parameters, { cwd, env: environment(), stdio: ['ignore', 'ignore', 'inherit'] });
}

function environment() {
  const { PATH, TMPDIR, TZ } = process.env;
  return { PATH, TMPDIR, TZ, ...env };
}

async function vectorOfClone() {
  const started = await startService(emptyFolder('clone'), {});
  const vector = await vectorFrom(started.url);
  started.child.kill('SIGTERM');
  await started.exited;
  return vector;
}

/** @param {string} address */
async function vectorFrom(address) {
  const answer = await fetch(`${address}/embed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  return bitsOf(/** @type {{ embedding: number[] }} */ (await answer.json()).embedding);
}

/** @param {readonly number[]} vector */
function bitsOf(vector) {
  return Buffer.from(Float32Array.from(vector).buffer).toString('hex');
}
