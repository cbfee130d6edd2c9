import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const startTimeoutMs = 300_000; // a large model on a busy machine

/**
 * A program of a proof. Its output is in `printed`, and it ends with the proof at the latest.
 *
 * @typedef {{ child: import('node:child_process').ChildProcess, pid: number, output: () => string, exited: Promise<number | null> }} Started
 */

/**
 * Resolves when the program prints the expected text.
 *
 * @param {readonly string[]} command
 * @param {{ cwd: string, env?: Record<string, string>, until: RegExp, detached?: boolean }} options `detached` = in a process group of its own
 * @returns {Promise<Started & { match: RegExpExecArray }>}
 */
export async function startProgram([program = '', ...parameters], { cwd, env = {}, until, detached = false }) {
  const { PATH, HOME, TMPDIR, TZ } = process.env;
  const child = spawn(program, parameters, { cwd, env: { PATH, HOME, TMPDIR, TZ, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached });
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  /** @type {Promise<number | null>} */
  const exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  void exited.then(() => process.off('exit', end));
  let output = '';
  /** @type {RegExpExecArray} */
  const match = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${program} did not print ${until}:\n${output}`)), startTimeoutMs);
    const fail = () => reject(new Error(`${program} ended early:\n${output}`));
    child.once('error', reject).once('exit', fail);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (/** @type {Buffer} */ chunk) => {
        output = (output + String(chunk)).slice(-100_000); // keep only the end of a long log
        const found = until.exec(output);
        if (found === null) return;
        clearTimeout(timer);
        child.off('exit', fail);
        resolve(found);
      });
    }
  });
  return { child, pid: child.pid ?? 0, output: () => output, exited, match };
}

/**
 * Starts the built service on a port of this machine, a free one unless the settings name one.
 *
 * @param {string} cwd
 * @param {Record<string, string>} settings
 * @param {readonly string[]} [wrapper] A command that runs the service.
 */
export async function startService(cwd, settings, wrapper = []) {
  const env = { API_HOST: '127.0.0.1', API_PORT: '0', ...settings };
  const service = await startProgram([...wrapper, process.execPath, main], { cwd, env, until: /Listening on (http:\/\/\S+)/ });
  return { ...service, url: (service.match[1] ?? '').replace('localhost', '127.0.0.1') };
}

/** @param {number} port @param {string} cwd @param {readonly string[]} parameters */
export async function startRedis(port, cwd, parameters) {
  const command = ['redis-server', '--bind', '127.0.0.1', '--port', `${port}`, '--save', '', ...parameters];
  return await startProgram(command, { cwd, until: /Ready to accept connections/ });
}
