import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOnPath } from '../../scripts/is-on-path.js';

/** @typedef {import('./clients.js').Client} Client */

const cache = fileURLToPath(new URL('../../.cache/clients/', import.meta.url));
const programs = fileURLToPath(new URL('./programs/', import.meta.url));
const ensureNode24 = fileURLToPath(new URL('../../scripts/ensure-node24.js', import.meta.url));

/** A tool that only some clients need is not here, so that they are not run. */
export class MissingTool extends Error {}

/**
 * Installs a client into a folder of its own, once, and puts its program beside it.
 *
 * @param {Client} client
 * @returns {{ command: string, program: string }}
 */
export function installClient({ runtime, packages, program }) {
  const folder = folderWith(runtime, packages);
  cpSync(programs, folder, { recursive: true });
  if (runtime === 'go') run('go', ['build', '-o', 'client', 'harness.go', program], folder);
  return { command: commandOf(runtime, folder), program: join(folder, program) };
}

/**
 * @param {Client['runtime']} runtime
 * @param {readonly string[]} packages
 */
function folderWith(runtime, packages) {
  if (runtime === 'python') return installPython(packages);
  return runtime === 'go' ? installGo(packages) : installNode(packages);
}

/**
 * A folder with a virtual environment `venv` that has the packages.
 *
 * @param {readonly string[]} packages
 * @param {(python: (words: readonly string[]) => void, folder: string) => void} [andThen] What else belongs there.
 */
export function installPython(packages, andThen) {
  return installOnce('python', packages, (folder) => {
    if (!isOnPath('python3')) throw new Error('python3 is not on the PATH: install Python 3.10 or newer, with venv');
    /** @param {readonly string[]} words */
    const python = (words) => run(join(folder, 'venv/bin/python'), words, folder);
    run('python3', ['-m', 'venv', 'venv'], folder);
    python(['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile', ...packages]);
    andThen?.(python, folder);
  });
}

/**
 * A folder with the packages in its node_modules.
 *
 * @param {readonly string[]} packages
 */
export function installNode(packages) {
  return installOnce('node', packages, (folder) => {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', ...packages], folder);
  });
}

/** @param {readonly string[]} packages */
function installGo(packages) {
  return installOnce('go', packages, (folder) => {
    if (!isOnPath('go')) throw new MissingTool('go is not on the PATH');
    run('go', ['mod', 'init', 'client'], folder);
    run('go', ['get', ...packages], folder);
  });
}

/**
 * @param {string} kind
 * @param {readonly string[]} packages
 * @param {(folder: string) => void} install
 */
function installOnce(kind, packages, install) {
  const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const folder = join(cache, `${kind}-${digest}`);
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  install(folder);
  writeFileSync(complete, '');
  return folder;
}

/**
 * @param {Client['runtime']} runtime
 * @param {string} folder
 */
function commandOf(runtime, folder) {
  if (runtime === 'python') return join(folder, 'venv/bin/python');
  if (runtime === 'go') return join(folder, 'client');
  return runtime === 'node' ? process.execPath : execFileSync(process.execPath, [ensureNode24], { encoding: 'utf8' }).trim();
}

/**
 * @param {string} command
 * @param {readonly string[]} words
 * @param {string} cwd
 */
function run(command, words, cwd) {
  execFileSync(command, words, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
