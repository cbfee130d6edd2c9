import { join } from 'node:path';
import { installPython } from './install-client.js';
import { startPlaceholderProxy } from './placeholder-proxy.js';
import { runPytest } from './run-pytest.js';

const version = '3.57.0';
const packages = [`openai[aiohttp]==${version}`, 'pytest==9.1.1', 'pytest-asyncio==1.4.0', 'rich'];

/**
 * Leaves out the deletion of models, and the variants `strict` and `aiohttp`, in which the client asks for base64 and the
 * test expects numbers, which only a mock can give.
 */
const ofEmbeddings = {
  selection: 'not delete and (loose or with_all_params or Models)',
  files: ['tests/api_resources/test_embeddings.py', 'tests/api_resources/test_models.py'],
};
/** Without those that answer themselves instead of asking a server. */
const ofFiles = {
  selection: 'not _content or retrieve_content',
  files: ['tests/api_resources/test_files.py', 'tests/api_resources/test_batches.py'],
};

/** Tests that OpenAI's Python client has, from its source distribution. */
export const ownTests = [
  {
    name: `openai (Python) ${version}: its tests of embeddings and models`,
    /** @param {string} url */
    run: (url) => runTests(url, ofEmbeddings),
  },
  {
    name: `openai (Python) ${version}: its tests of files and batches`,
    /** @param {string} url */
    run: async (url) => {
      const proxy = await startPlaceholderProxy(url);
      return await runTests(proxy.url, ofFiles).finally(() => proxy.stop());
    },
  },
];

/**
 * @param {string} url
 * @param {{ selection: string, files: readonly string[] }} tests
 */
function runTests(url, { selection, files }) {
  const folder = installPython(packages, (python, into) => {
    python(['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', 'openai', '--dest', into, `openai==${version}`]);
    python(['-c', `import tarfile; tarfile.open("openai-${version}.tar.gz").extractall(filter="data")`]);
  });
  const env = { TEST_API_BASE_URL: `${url}/v1` };
  const cwd = join(folder, `openai-${version}`);
  return runPytest({ python: join(folder, 'venv/bin/python'), cwd, words: ['-o', 'addopts=', '-k', selection, ...files], env });
}
