/**
 * `npm run check:compose`: reads docker-compose.yml with the parser of the current Docker Compose, which it installs with Go, and
 * the configuration of the balancer with HAProxy. It starts no container. Ends with 1 if one of them is wrong.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { goProgram } from './go-program.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const hadSecrets = existsSync(`${ROOT}secrets`);

run('sh', ['config/compose/make-secrets.sh']); // the parser looks for them
try {
  run(goProgram('github.com/compose-spec/compose-go/v2/cmd', 'v2.16.2'), ['docker-compose.yml']);
  run('haproxy', ['-c', '-f', 'config/haproxy/haproxy.cfg']);
} finally {
  if (!hadSecrets) rmSync(`${ROOT}secrets`, { recursive: true });
}
console.log('docker-compose.yml and haproxy.cfg are valid');

/**
 * @param {string} program
 * @param {readonly string[]} words
 */
function run(program, words) {
  execFileSync(program, words, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}
