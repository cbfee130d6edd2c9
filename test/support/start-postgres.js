import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.js';
import { postgresTools } from './postgres-tools.js';

/** PostgreSQL refuses to run as root: then this user, nobody, runs it. */
const NOBODY = 65_534;
const START_TIMEOUT_MS = 60_000;
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'unix_socket_directories=', 'listen_addresses=127.0.0.1'];

export const PASSWORD = 'secret of the tests';

/**
 * Starts an empty PostgreSQL with pgvector and the user `postgres`, whose password is PASSWORD. It keeps its files in a temporary
 * folder until it is stopped.
 *
 * @returns {Promise<{ url: string, address: string, programs: string, stop: () => Promise<void> }>} `url` has the password; `address` has none.
 */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'embedding-postgres-'));
  const user = ownerOf(folder);
  const programs = readablePrograms(folder, user);
  const data = join(folder, 'data');
  const options = { cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...user };
  writeFileSync(join(folder, 'password'), PASSWORD);
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile=password', '--no-sync', '-E', 'UTF8'],
    { ...options, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const settings = FAST.flatMap((setting) => ['-c', setting]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = () => void server.kill('SIGKILL');
  process.once('exit', end); // it would outlive a run that ends before `stop`
  await ready(server);
  const stop = async () => {
    process.off('exit', end);
    if (server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGINT'); // the fast shutdown
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const place = `127.0.0.1:${port}/postgres`;
  return { url: `postgresql://postgres:${encodeURIComponent(PASSWORD)}@${place}`, address: `postgres@${place}`, programs, stop };
}

/** @param {string} folder */
function ownerOf(folder) {
  if (process.getuid?.() !== 0) return {};
  chownSync(folder, NOBODY, NOBODY);
  return { uid: NOBODY, gid: NOBODY };
}

/**
 * The folder of the programs, or a copy that this user can read.
 *
 * @param {string} folder
 * @param {{ uid?: number, gid?: number }} user
 */
function readablePrograms(folder, user) {
  const programs = postgresTools();
  if (spawnSync(join(programs, 'postgres'), ['--version'], user).status === 0) return programs;
  const copy = join(folder, 'programs');
  cpSync(dirname(programs), copy, { recursive: true });
  chmodSync(copy, 0o755);
  return join(copy, 'bin');
}

/** @param {import('node:child_process').ChildProcess} server */
async function ready(server) {
  let said = '';
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`PostgreSQL is not ready:\n${said}`)), START_TIMEOUT_MS);
    server.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`PostgreSQL exited with ${code}:\n${said}`));
    });
    server.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      said = (said + text).slice(-10_000);
      if (!said.includes('database system is ready to accept connections')) return;
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
