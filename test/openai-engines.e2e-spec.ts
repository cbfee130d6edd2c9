import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childPids } from './support/child-pids.js';
import { embed } from './support/embed.js';
import { startFaultyUpstream, UPSTREAM_DIMENSIONS } from './support/faulty-upstream.js';
import { readMetric } from './support/read-metric.js';
import { type StartedService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/** All modules that a service and its threads have loaded after it has embedded a text and stopped, of each bundled file all that are in it. */
async function modulesOf(settings: Readonly<Record<string, string>>, look: (service: StartedService) => unknown): Promise<string> {
  const folder = temporaryFolder();
  const service = await startService({ ...settings, NODE_V8_COVERAGE: folder });
  expect(await embed(service.url, 'a text')).toMatchObject({ status: 200 });
  await look(service);
  await service.stop();
  const reports = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage);
  const loaded = new Set(reports.flatMap(({ result }) => result.map(({ url }) => url)));
  return [...loaded].flatMap((url) => [url, ...bundledIn(url)]).join('\n');
}

/** The modules in a file of the bundle, by its source map. */
function bundledIn(url: string): readonly string[] {
  if (!url.startsWith('file:') || !existsSync(`${fileURLToPath(url)}.map`)) return [];
  return (JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as { sources: readonly string[] }).sources;
}

describe('the loaded code', () => {
  it('with OpenAI as the provider has no local engine: no process, no model, no tokenizer', async () => {
    const upstream = await startFaultyUpstream();
    const settings = {
      EMBEDDING_PROVIDER: 'openai',
      OPENAI_BASE_URL: upstream.url,
      OPENAI_MODEL: 'tiny',
      EMBEDDING_DIM: `${UPSTREAM_DIMENSIONS}`,
    };
    const modules = await modulesOf(settings, async ({ url, pid }) => {
      expect(childPids(pid)).toEqual([]);
      expect(await readMetric(url, 'embedding_workers')).toBe(0);
      if (process.platform === 'linux') expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).not.toMatch(/onnx/);
    });
    await upstream.stop();

    expect(modules).toMatch(/node_modules\/openai\//);
    expect(modules).not.toMatch(/local-embedding-queue|inference-process|onnxruntime|node_modules\/@(?:xenova|huggingface)/);
  });

  it('with the local provider has no part of OpenAI', async () => {
    const modules = await modulesOf({ EMBEDDING_WORKERS: '1' }, ({ pid }) => expect(childPids(pid)).toHaveLength(1));
    expect(modules).toMatch(/local-embedding-queue/);
    expect(modules).not.toMatch(/node_modules\/(?:openai|gpt-tokenizer|cockatiel)\//);
  });
});
