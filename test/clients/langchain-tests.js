import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPython } from './install-client.js';
import { runPytest } from './run-pytest.js';

const version = '1.1.9';
const packages = [`langchain-tests==${version}`, 'langchain-openai==1.7.4', 'langchain-ollama==1.1.0'];
const file = 'test_langchain_standard.py';
const source = fileURLToPath(new URL(`./programs/${file}`, import.meta.url));

export const langchainTests = {
  name: `langchain-tests ${version}: EmbeddingsIntegrationTests of langchain-openai and langchain-ollama`,
  /** @param {string} url */
  run: (url) => {
    const cwd = installPython(packages);
    cpSync(source, join(cwd, file));
    return runPytest({ python: join(cwd, 'venv/bin/python'), cwd, words: ['-o', 'asyncio_mode=auto', file], env: { SERVICE_URL: url } });
  },
};
