import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOnPath } from './is-on-path.js';

const CACHE = fileURLToPath(new URL('../.cache/go/', import.meta.url));

/**
 * The path of a program that Go installs into .cache/ once, in a folder of its own. Go names it after the end of its path.
 *
 * @param {string} path The path of its package.
 * @param {string} version
 */
export function goProgram(path, version) {
  const folder = join(CACHE, `${path.replaceAll('/', '+')}@${version}`);
  const program = join(folder, basename(path.replace(/\/v\d+$/, '')));
  if (existsSync(program)) return program;
  if (!isOnPath('go')) throw new Error(`${path} is built with Go: install Go 1.26 or newer`);
  console.log(`Installing ${path} ${version}`);
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder };
  execFileSync('go', ['install', `${path}@${version}`], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return program;
}
