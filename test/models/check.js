/** Compares the service's vectors with those of other programs, by its own command `check`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { report } from './report.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
/** The least cosine to the reference in fp32. */
const leastCosine = '0.9999';

/**
 * @param {string} model a folder, or a bundled model
 * @param {string} [vectors]
 */
export function check(model, vectors) {
  const own = { EMBEDDING_MODEL: model, EMBEDDING_WORKERS: '1', EMBEDDING_CHECK_COSINE: leastCosine, EMBEDDING_CHECK: vectors ?? '' };
  return spawnSync(process.execPath, [cli, 'check'], { env: { ...process.env, ...own }, encoding: 'utf8' });
}

/**
 * @param {string} name
 * @param {string} model
 * @param {string} vectors
 */
export function expectVectors(name, model, vectors) {
  const { status, stdout, stderr } = check(model, vectors);
  report(name, status === 0, (stdout.split('\n').find((line) => line.startsWith('Runs')) ?? stderr).trim());
}
