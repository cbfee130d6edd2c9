/**
 * Runs every shell block of these Markdown files as a reader would, in a copy of the repository, with a service as
 * `npm start` starts it, and compares the output with the one in the guide. Each file begins with an empty cache and
 * without keys, and each block has its own shell.
 *
 *   node scripts/run-guides.js README.md docs/*.md
 *
 * With --all it also runs the blocks that need a large installation or a PostgreSQL server, which it then starts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PASSWORD, startPostgres } from '../test/support/start-postgres.js';
import { freshClone } from './fresh-clone.js';
import { isAsShown, shellBlocks } from './shell-blocks.js';
import { startBuiltService } from './started-service.js';

const BLOCK_TIMEOUT_MS = 5 * 60_000;
/** pip would compile every file of a package; Python compiles the few that a guide loads. */
const WITHOUT_COMPILING = { PIP_NO_COMPILE: '1' };
const ADMIN_KEY = 'the-admin-key-of-the-guides';

const all = process.argv.includes('--all');
const files = process.argv.slice(2).filter((word) => word !== '--all');
const clone = freshClone();
const postgres = all ? await startPostgres() : undefined;
let failures = 0;
try {
  let service = await startBuiltService(clone, { ADMIN_KEY });
  try {
    for (const file of files) {
      if (await asksForKeys(service.url)) {
        await service.stop();
        service = await startBuiltService(clone, { ADMIN_KEY });
      }
      await runFile(file, service.url);
    }
  } finally {
    await service.stop();
  }
} finally {
  await postgres?.stop();
  rmSync(clone, { recursive: true, force: true });
}
if (failures > 0) process.exitCode = 1;

/**
 * @param {string} file
 * @param {string} url of the service
 */
async function runFile(file, url) {
  const folder = file.startsWith('examples/') ? dirname(file) : '.';
  await forgetAll(url);
  for (const block of shellBlocks(readFileSync(file, 'utf8'), { all })) {
    report(file, block, await runBlock(block.commands, { cwd: join(clone, folder), url }));
  }
}

/** Whether a guide has created keys. @param {string} url */
async function asksForKeys(url) {
  return (await fetch(`${url}/stats`)).status === 401;
}

/** @param {string} url */
async function forgetAll(url) {
  const { ok, status } = await fetch(`${url}/cache/invalidate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': ADMIN_KEY },
    body: '{"all":true}',
  });
  if (!ok) throw new Error(`The cache was not emptied: ${status}`);
}

/**
 * @param {string} commands
 * @param {{ cwd: string, url: string }} options
 */
async function runBlock(commands, { cwd, url }) {
  const ofService = commands.replaceAll('http://localhost:8000', url).replaceAll('localhost:8000', url.slice('http://'.length));
  const script = ofService.replaceAll('postgres@localhost/search', postgres?.address ?? '');
  const own = { EMBEDDING_URL: url, ADMIN_KEY, PGPASSWORD: PASSWORD, ...WITHOUT_COMPILING };
  const env = { ...process.env, ...own, ...pathWith(postgres?.programs) };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: BLOCK_TIMEOUT_MS,
  });
  const output = { printed: '', complaints: '' };
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output.printed += text));
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output.complaints += text));
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  return { code, ...output };
}

/** The path of the programs of PostgreSQL, which has psql. @param {string | undefined} programs */
function pathWith(programs) {
  return programs === undefined ? {} : { PATH: `${programs}:${process.env['PATH']}` };
}

/**
 * @param {string} file
 * @param {import('./shell-blocks.js').ShellBlock} block
 * @param {{ code: number | null, printed: string, complaints: string }} result
 */
function report(file, { line, commands, output }, { code, printed, complaints }) {
  const place = `${file}:${line}`;
  const [first] = commands.trim().split('\n');
  if (code === 0 && (output === undefined || isAsShown(output, printed))) {
    console.log(`ok    ${place}  ${first}`);
    return;
  }
  failures++;
  const reason = code === 0 ? `printed something else than the guide shows:\n${printed}` : `exit code ${code}:\n${printed}${complaints}`;
  console.error(`FAIL  ${place}  ${first}\n      ${reason.slice(0, 3000)}`);
}
