import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPython } from './install-client.js';

export const version = '3.57.0';
const packages = [`openai[aiohttp]==${version}`, 'pytest==9.1.1', 'pytest-asyncio==1.4.0', 'rich'];
const files = ['tests/api_resources/test_embeddings.py', 'tests/api_resources/test_models.py'];
/**
 * Leaves out the deletion of models, and the variants `strict` and `aiohttp`, in which the client asks for base64 and the
 * test expects numbers, which only a mock can give.
 */
const selection = 'not delete and (loose or with_all_params or Models)';

/**
 * Runs the tests that OpenAI's Python client has for embeddings and models, from its source distribution.
 *
 * @param {string} url
 * @returns {{ passed: boolean, summary: string }}
 */
export function runOwnTests(url) {
  const folder = installPython(packages, (python, into) => {
    python(['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', 'openai', '--dest', into, `openai==${version}`]);
    python(['-c', `import tarfile; tarfile.open("openai-${version}.tar.gz").extractall(filter="data")`]);
  });
  const sources = join(folder, `openai-${version}`);
  if (!existsSync(sources)) throw new Error(`no sources of openai in ${folder}, but ${readdirSync(folder).join(', ')}`);
  const words = ['-m', 'pytest', '-q', '-o', 'addopts=', '-p', 'no:cacheprovider', '-k', selection, ...files];
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  const env = { PATH, HOME, TMPDIR, LANG, TEST_API_BASE_URL: `${url}/v1` };
  const { status, stdout } = spawnSync(join(folder, 'venv/bin/python'), words, { cwd: sources, env, encoding: 'utf8', timeout: 120_000 });
  return { passed: status === 0, summary: stdout.trim().split('\n').at(-1) ?? '' };
}
