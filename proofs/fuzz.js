/**
 * `npm run fuzz -- [--examples N]`: runs all phases of Schemathesis, in a virtual environment of its own. It sends requests that /docs-json
 * allows, and many that it does not allow. Then it sends bodies of hostile shapes. Ends with 1 if an answer is a 5xx, is
 * undocumented, or differs from the documentation.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sendHostileShapes } from './hostile-shapes.js';
import { startService } from './started.js';

const version = '4.32.5';
const checks = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance'];
const environment = fileURLToPath(new URL('../.cache/fuzz/', import.meta.url));
const schemathesis = join(environment, 'bin/schemathesis');

const { values } = parseArgs({ options: { examples: { type: 'string', default: '50' } } });
const folder = mkdtempSync(join(tmpdir(), 'embedding-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

install();
const service = await startService(folder, { RATE_LIMIT_REQUESTS: '0', LOG_REQUESTS: 'false' });
const parameters = ['run', `${service.url}/docs-json`, '--phases', 'examples,coverage,fuzzing,stateful', '--checks', checks.join(',')];
const limits = ['--max-examples', values.examples, '--request-timeout', '60', '--continue-on-failure'];
const hooks = { SCHEMATHESIS_HOOKS: 'fuzz_hooks', PYTHONPATH: fileURLToPath(new URL('./', import.meta.url)), PYTHONDONTWRITEBYTECODE: '1' };
const { status } = spawnSync(schemathesis, [...parameters, ...limits], {
  cwd: folder,
  stdio: 'inherit',
  env: { ...process.env, ...hooks },
});
const shapes = await sendHostileShapes(service.url, {}, { mostHealthMs: 1_000 });
console.log(`Hostile shapes: ${shapes.sent} bodies, slowest /health/live ${shapes.slowestMs.toFixed(0)} ms`);
for (const problem of shapes.problems) console.error(`PROBLEM ${problem}`);
service.child.kill('SIGTERM');
const exitCode = await service.exited;
if (exitCode !== 0) console.error(`The service ended with ${exitCode}:\n${service.output()}`);
process.exit(status === 0 && exitCode === 0 && shapes.problems.length === 0 ? 0 : 1);

function install() {
  if (existsSync(schemathesis)) return;
  run('python3', ['-m', 'venv', environment]);
  run(join(environment, 'bin/pip'), ['install', '--quiet', `schemathesis==${version}`]);
}

/** @param {string} program @param {readonly string[]} words */
function run(program, words) {
  if (spawnSync(program, words, { stdio: 'inherit' }).status !== 0) throw new Error(`${program} ${words.join(' ')} failed`);
}
