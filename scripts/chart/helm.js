import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isOnPath } from '../is-on-path.js';
import { ROOT } from './paths.js';

const VERSION = 'v4.3.1';
const FOLDER = join(ROOT, '.cache', `helm-${VERSION}`);

/** Installs Helm with Go into .cache/, once; it takes minutes on two cores. */
function installedHelm() {
  const program = join(FOLDER, 'helm');
  if (existsSync(program)) return program;
  if (!isOnPath('go')) throw new Error('The chart is checked with Helm, which is built here with Go: install Go 1.26 or newer');
  mkdirSync(FOLDER, { recursive: true });
  console.log(`Installing Helm ${VERSION}`);
  execFileSync('go', ['install', `helm.sh/helm/v4/cmd/helm@${VERSION}`], {
    env: { ...process.env, GOBIN: FOLDER },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return program;
}

/**
 * What Helm prints. It fails with Helm's message.
 *
 * @param {readonly string[]} words
 */
export function helm(words) {
  return execFileSync(installedHelm(), words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * The manifests of a file of values, as Helm would send them.
 *
 * @param {string} valuesFile
 * @param {readonly string[]} [more]
 */
export function template(valuesFile, more = []) {
  return helm(['template', 'embedding-pipeline', 'config/helm', '--namespace', 'embedding-pipeline', '--values', valuesFile, ...more]);
}
