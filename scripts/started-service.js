import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Starts the built service of a folder on a free port, without a rate limit and with its own data.
 *
 * @param {string} folder
 * @param {Record<string, string>} [settings]
 */
export async function startBuiltService(folder, settings = {}) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'embedding-data-'));
  const own = { API_PORT: '0', API_HOST: '127.0.0.1', RATE_LIMIT_REQUESTS: '0', DATA_DIR: dataFolder };
  const env = { ...process.env, ...own, ...settings };
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The service exited with ${code}:\n${printed}`)));
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      printed += text;
      const address = /Listening on (http:\/\/\S+)/.exec(printed)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  const stop = async () => {
    const hasExited = child.exitCode !== null || child.signalCode !== null;
    const exited = hasExited ? undefined : once(child, 'exit');
    child.kill();
    await exited;
    rmSync(dataFolder, { recursive: true, force: true });
  };
  return { url, stop };
}
