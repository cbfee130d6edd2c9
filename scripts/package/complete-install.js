/**
 * Installs the packages that the program needs into app/node_modules, with the versions of app/package-lock.json and without
 * their scripts, as in a clone. npm would do neither for the dependencies of a package: it ignores the `overrides` and the
 * lock of a package that it installs, and runs all scripts, one of which downloads GPU libraries.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('app/', import.meta.url));
/** npm writes it when it has installed everything. */
const installed = `${app}node_modules/.package-lock.json`;
const parameters = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
/** Settings of the npm that runs this as the script of a package; they are about that package. */
const ofOuterNpm =
  /^npm_config_(?:global|location|prefix|local_prefix|omit|include|only|production|workspaces?|dry_run|package_lock.*|save.*)$/i;

/** Does nothing if the packages are there. Ends the process with 1 if they cannot be installed. */
export function completeInstall() {
  if (existsSync(installed)) return;
  process.stderr.write('Installing the packages of embedding-pipeline, once ...\n');
  const { status, error } = npm();
  if (status === 0) return;
  process.stderr.write(`The packages of embedding-pipeline could not be installed${error === undefined ? '' : ` (${error.message})`}: `);
  process.stderr.write(`run npm ${parameters.join(' ')} in ${app}\n`);
  process.exit(1);
}

function npm() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofOuterNpm.test(name)));
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { cwd: app, env, stdio: ['ignore', 2, 2] }; // standard output belongs to the command
  const { npm_execpath: running = '' } = process.env; // another package manager says its own path here
  if (/\bnpm-cli\.js$/.test(running)) return spawnSync(process.execPath, [running, ...parameters], options);
  return spawnSync('npm', parameters, { ...options, shell: process.platform === 'win32' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) completeInstall();
