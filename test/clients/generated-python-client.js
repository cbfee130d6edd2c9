import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPython } from './install-client.js';
import { largestDifference } from './judge.js';
import { embedBatch } from './services.js';

/** @typedef {{ single: number[], refused: string, openai: number[][], status: string, results: number[][] }} Report */

const version = '0.29.1';
const program = 'generated_client.py';
const source = fileURLToPath(new URL(`./programs/${program}`, import.meta.url));
const texts = ['Hello, world!', 'Guten Tag 漢字', 'Goodbye.'];

export const generatedPythonClient = {
  name: `openapi-python-client ${version}: a client made of /docs-json embeds, submits a job and reads its results`,
  /** @param {string} url */
  run: async (url) => {
    const expected = await embedBatch(url, texts);
    const folder = installPython([`openapi-python-client==${version}`]);
    generate(folder, url);
    cpSync(source, join(folder, program));
    const stdout = execFileSync(join(folder, 'venv/bin/python'), [program], {
      cwd: folder,
      input: JSON.stringify([url, texts]),
      timeout: 120_000,
    });
    const { single, refused, openai, status, results } = /** @type {Report} */ (JSON.parse(String(stdout)));
    const difference = Math.max(
      ...[[single, ...expected.slice(1)], openai, results].map((vectors) => largestDifference(vectors, expected)),
    );
    if (difference !== 0 || refused !== 'text' || status !== 'completed')
      throw new Error(`vectors differ by ${difference}, the refused field is ${refused}, the job is ${status}`);
    return 'passed';
  },
};

/**
 * @param {string} folder
 * @param {string} url
 */
function generate(folder, url) {
  rmSync(join(folder, 'generated'), { recursive: true, force: true });
  const words = ['generate', '--url', `${url}/docs-json`, '--output-path', 'generated', '--meta', 'none'];
  const env = { ...process.env, PATH: `${join(folder, 'venv/bin')}:${process.env['PATH'] ?? ''}` }; // it formats with ruff
  execFileSync(join(folder, 'venv/bin/openapi-python-client'), words, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
}
