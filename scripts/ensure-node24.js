/**
 * Prints the path of a Node 24, installed from the npm package `node` into .cache/node24 if need be.
 * It is no development dependency, because its `node` command would come before the real one in every npm script.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const version = '24.21.0';
const prefix = fileURLToPath(new URL('../.cache/node24/', import.meta.url));
const binary = `${prefix}node_modules/node/bin/node`;

if (!isInstalled()) {
  mkdirSync(prefix, { recursive: true });
  const flags = [
    '--prefix',
    prefix,
    '--ignore-scripts=false',
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  execFileSync('npm', ['install', ...flags, `node@${version}`], { cwd: prefix, stdio: ['ignore', 'ignore', 'inherit'] });
}
if (!isInstalled()) throw new Error(`node@${version} did not install a working ${binary}`);
console.log(binary);

function isInstalled() {
  return existsSync(binary) && spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim() === `v${version}`;
}
