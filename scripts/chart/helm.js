import { execFileSync } from 'node:child_process';
import { goProgram } from '../go-program.js';
import { ROOT } from './paths.js';

/**
 * What Helm prints. It fails with Helm's message. The first call builds Helm, which takes minutes on two cores.
 *
 * @param {readonly string[]} words
 */
export function helm(words) {
  const program = goProgram('helm.sh/helm/v4/cmd/helm', 'v4.3.1');
  return execFileSync(program, words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
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
