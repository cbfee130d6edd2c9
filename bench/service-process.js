import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** A limit that counts every call as usual, but never refuses one. */
const settings = { API_HOST: '127.0.0.1', API_PORT: '0', RATE_LIMIT_REQUESTS: '1000000', RATE_LIMIT_WINDOW: '1' };
/** The options of `npm start`. */
const nodeOptions = ['--max-semi-space-size=32'];
const startTimeoutMs = 60_000;

/** Starts the built service in an empty folder, with default settings except for the limit and the given ones. */
export class ServiceProcess {
  /** @param {{ child: import('node:child_process').ChildProcess, url: string }} started */
  constructor({ child, url }) {
    this.child = child;
    this.url = url;
  }

  /** @param {Readonly<Record<string, string>>} [more] Settings that differ from the default. */
  static async start(more = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'embedding-bench-'));
    const { PATH, HOME, TMPDIR, TZ } = process.env;
    const env = { PATH, HOME, TMPDIR, TZ, ...settings, ...more };
    const child = spawn(process.execPath, [...nodeOptions, main], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    process.once('exit', () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    return new ServiceProcess({ child, url: await listening(child) });
  }

  get pid() {
    return this.child.pid ?? 0;
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
function listening(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the service does not listen')), startTimeoutMs);
    let output = '';
    const read = (/** @type {unknown} */ chunk) => {
      output += String(chunk);
      const [, url] = /Listening on (http:\/\/\S+)/.exec(output) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      child.stdout?.off('data', read).resume(); // the service writes a line for each request, so its output must be read
      resolve(url);
    };
    child.stdout?.on('data', read);
    child.once('exit', (code) => reject(new Error(`the service ended with ${code}:\n${output}`)));
  });
}
