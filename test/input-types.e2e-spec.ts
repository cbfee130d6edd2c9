import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmbedBody, embed } from './support/embed.js';
import { getJson } from './support/get-json.js';
import { plainEnvironment } from './support/plain-environment.js';
import { postJson } from './support/post-json.js';
import { poolingFiles, smallModel } from './support/small-model.js';
import { StartedProcess } from './support/started-process.js';
import { type StartedService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(120_000);

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const PROMPT = 'w9 w8 ';

describe('the input type of a text', () => {
  let folder: string;
  let service: StartedService;
  /** Bits of the vectors of `w1`, without a prompt and with that of queries. */
  let plain: string;
  let asQuery: string;

  beforeAll(async () => {
    folder = smallModel({
      files: {
        ...poolingFiles({ pooling_mode_mean_tokens: true }, 'Normalize'),
        'config_sentence_transformers.json': { prompts: { query: PROMPT, document: '', clustering: 'w7 ' } },
      },
    });
    service = await startService({ EMBEDDING_MODEL: folder, EMBEDDING_WORKERS: '1', RATE_LIMIT_REQUESTS: '0' });
    plain = vectorBits((await embed(service.url, 'w1')).body.embedding);
    asQuery = vectorBits((await embed(service.url, `${PROMPT}w1`)).body.embedding);
  });

  it('puts the prompt of the model before the text, and counts its tokens', async () => {
    const { body } = await postJson<EmbedBody>(service.url + '/embed', { text: 'w1', input_type: 'query' });
    expect(asQuery).not.toBe(plain);
    expect(vectorBits(body.embedding)).toBe(asQuery);
    expect(body).toMatchObject({ tokens: 5, cached: false });
  });

  it.each([
    ['in the process of the command', []],
    ['on a service', ['--url']],
  ])('applies to the rows of a file, computed %s', async (_, where) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'in.txt'), 'w1\n');
    const parameters = ['embed', 'in.txt', '-o', 'out.jsonl', '--input-type', 'query', ...where.flatMap((flag) => [flag, service.url])];
    const node = process.env['E2E_NODE'] ?? process.execPath;
    const env = plainEnvironment({ EMBEDDING_MODEL: folder, EMBEDDING_WORKERS: '1' });
    const command = new StartedProcess(node, [CLI, ...parameters], { cwd, env });
    expect(await command.exitCode).toBe(0);
    const { embedding } = JSON.parse(readFileSync(join(cwd, 'out.jsonl'), 'utf8')) as { embedding: readonly number[] };
    expect(vectorBits(embedding)).toBe(asQuery);
  });

  it('is listed by /v1/models, with all facts that decide a vector', async () => {
    const { body } = await getJson<{ readonly data: readonly object[] }>(`${service.url}/v1/models`);
    expect(body.data[0]).toMatchObject({
      id: 'small-model',
      dimensions: 8,
      sizes: [8],
      max_tokens: 64,
      pooling: 'mean, normalize',
      prompts: { query: PROMPT, document: '', clustering: 'w7 ' },
      default_prompt: null,
    });
  });
});

it('EMBEDDING_PROMPTS gives a model prompts, and another space', async () => {
  const model = smallModel({ files: poolingFiles({ pooling_mode_mean_tokens: true }) });
  const settings = { EMBEDDING_MODEL: model, EMBEDDING_WORKERS: '1' };
  const [with_, without] = await Promise.all([startService({ ...settings, EMBEDDING_PROMPTS: '{"query":"w9 "}' }), startService(settings)]);
  const { body: asked } = await postJson<EmbedBody>(`${with_.url}/embed`, { text: 'w1', input_type: 'query' });
  const { body: written, headers } = await embed(without.url, 'w9 w1');
  expect(vectorBits(asked.embedding)).toBe(vectorBits(written.embedding));
  expect((await embed(with_.url, 'w1')).headers.get('x-embedding-space')).not.toBe(headers.get('x-embedding-space'));
  await Promise.all([with_.stop(), without.stop()]);
});
