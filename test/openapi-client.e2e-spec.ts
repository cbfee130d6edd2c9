import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { embedBatch } from './support/embed.js';
import { plainEnvironment } from './support/plain-environment.js';
import { startService } from './support/start-service.js';
import { removeLater } from './support/temporary-folder.js';

const ROOT = join(__dirname, '..');
const run = promisify(execFile);
const STRICT = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmitOnError: true };
const COMPILER_OPTIONS = { ...STRICT, module: 'nodenext', target: 'es2023', types: ['node'], skipLibCheck: true };

/** Makes an empty folder in the project, where its packages are found. */
function folderForProgram(): string {
  const cache = join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'generated-'));
  removeLater(folder);
  return folder;
}

async function runPackage(program: string, words: readonly string[], cwd: string): Promise<void> {
  try {
    await run(process.execPath, [join(ROOT, 'node_modules', program), ...words], { cwd, env: plainEnvironment() });
  } catch (error) {
    throw new Error(`${program}: ${(error as { stdout: string }).stdout}`, { cause: error });
  }
}

describe('a TypeScript client that is generated from /docs-json', () => {
  it('embeds, submits a job, reads its results and gets typed errors', async () => {
    const service = await startService({ RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
    const folder = folderForProgram();
    writeFileSync(join(folder, 'openapi.json'), await (await fetch(`${service.url}/docs-json`)).text());
    copyFileSync(join(ROOT, 'test/clients/programs/generated-client.mts'), join(folder, 'client.mts'));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['client.mts'] }));
    await runPackage('openapi-typescript/bin/cli.js', ['openapi.json', '--default-non-nullable', 'false', '--output', 'api.d.mts'], folder);
    await runPackage('typescript/bin/tsc', ['--project', '.'], folder);

    const env = plainEnvironment({ SERVICE_URL: service.url });
    const { stdout } = await run(process.execPath, [join(folder, 'client.mjs')], { env });
    const { embeddings } = (await embedBatch(service.url, ['Hello, world!', 'Goodbye.'])).body;

    expect(JSON.parse(stdout)).toEqual({
      embedding: embeddings[0],
      model: 'all-MiniLM-L6-v2',
      status: 'completed',
      progress: { total: 2, completed: 2, failed: 0 },
      results: [
        { index: 0, embedding: embeddings[0], tokens: 6, truncated: false },
        { index: 1, embedding: embeddings[1], tokens: 4, truncated: false },
      ],
      fault: 'text',
    });
  });
});
