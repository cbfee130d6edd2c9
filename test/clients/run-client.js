import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { tiktokenFolder } from './tiktoken-file.js';

const run = promisify(execFile);
const timeoutMs = 300_000;

/**
 * What a program prints: programs/harness.mjs and programs/harness.py.
 *
 * @typedef {object} ClientReport
 * @property {string} runtime
 * @property {readonly (readonly number[])[]} vectors
 * @property {Readonly<Record<string, { name: string, isOwn: boolean, status: number | null }>>} errors By the status that was provoked.
 */

/**
 * @param {{ command: string, program: string }} installed
 * @param {object} input
 * @returns {Promise<ClientReport>}
 */
export async function runClient({ command, program }, input) {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  const env = { PATH, HOME, TMPDIR, LANG, TIKTOKEN_CACHE_DIR: tiktokenFolder() };
  const running = run(command, [program], { env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.end(JSON.stringify(input));
  const { stdout } = await running;
  return /** @type {ClientReport} */ (JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}
