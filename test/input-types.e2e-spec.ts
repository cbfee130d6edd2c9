import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI, { toFile } from 'openai';
import { type EmbedBody, type BatchBody, embed, type ErrorBody } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { getJson } from './support/get-json.js';
import { readResults, submitNdjson, untilDone, type JobBody } from './support/jobs.js';
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
const NAMES = 'query, document, clustering';

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

  it('is part of the cache key', async () => {
    await postJson(service.url + '/embed', { text: 'w2', input_type: 'query' });
    const { body: again } = await postJson<EmbedBody>(service.url + '/embed', { text: 'w2', input_type: 'search_query' });
    const { body: other } = await postJson<EmbedBody>(service.url + '/embed', { text: 'w2', input_type: 'document' });
    const { body: none } = await postJson<EmbedBody>(service.url + '/embed', { text: 'w2' });
    expect([again.cached, other.cached, none.cached]).toEqual([true, false, true]); // documents have no prompt, like texts without an input type
    expect(vectorBits(none.embedding)).toBe(vectorBits(other.embedding));
  });

  it.each([
    { input_type: 'search_query' },
    { task: 'retrieval.query' },
    { prompt_name: 'query' },
    { input_type: 'query', prompt_name: 'query' },
  ])('works under the names of other servers: %j', async (fields) => {
    const { body } = await postJson<BatchBody>(service.url + '/embed/batch', { texts: ['w1'], ...fields });
    expect(body.embeddings.map(vectorBits)).toEqual([asQuery]);
    const { body: list } = await postJson<{ readonly data: readonly EmbedBody[] }>(service.url + '/v1/embeddings', {
      input: 'w1',
      model: 'small-model',
      ...fields,
    });
    expect(list.data.map(({ embedding }) => vectorBits(embedding))).toEqual([asQuery]);
  });

  it('that is unknown to the model is refused with a list of the known ones', async () => {
    const message = `must be one of ${NAMES} for this model, not "summary"`;
    const expected = { code: 'invalid_request', details: [{ field: 'input_type', message }] };
    const { status, body } = await postJson<ErrorBody>(service.url + '/embed', { text: 'w1', input_type: 'summary' });
    expect({ status, body }).toMatchObject({ status: 400, body: expected });
    expect((await postJson(service.url + '/embed/batch', { texts: ['w1'], task: 'summary' })).body).toMatchObject(expected);
    expect((await postJson(service.url + '/jobs', { texts: ['w1'], input_type: 'summary' })).body).toMatchObject(expected);
    const { body: openAi } = await postJson<{ readonly error: object }>(service.url + '/v1/embeddings', {
      input: 'w1',
      model: 'small-model',
      prompt_name: 'summary',
    });
    expect(openAi.error).toMatchObject({ message: `input_type ${message}` });
    const lines = await submitNdjson(service.url, '{"text":"w1"}\n{"text":"w1","input_type":"summary"}\n');
    expect(lines.body).toMatchObject({ details: [{ field: 'line 2: input_type', message }] });
  });

  it('that is given twice with different values is refused', async () => {
    const { status } = await postJson(service.url + '/embed', { text: 'w1', input_type: 'query', task: 'document' });
    expect(status).toBe(400);
  });

  it('applies to the texts of a job, for all or for each line', async () => {
    const { body: json } = await postJson<JobBody>(service.url + '/jobs', { texts: ['w1'], input_type: 'query' });
    const { body: lines } = await submitNdjson(
      service.url,
      '{"text":"w1"}\n{"id":"b","text":"w1","input_type":"document"}\n{"text":"w1"}\n',
      {},
      '?input_type=query',
    );
    for (const { id } of [json, lines]) expect((await untilDone(service.url, id)).status).toBe('completed');
    expect((await readResults(service.url, json.id)).map(({ embedding = [] }) => vectorBits(embedding))).toEqual([asQuery]);
    const results = await readResults(service.url, lines.id);
    expect(results.map(({ id, embedding = [] }) => [id, vectorBits(embedding)])).toEqual([
      [undefined, asQuery],
      ['b', plain],
      [undefined, asQuery],
    ]);
  });

  it('applies to the lines of a batch', async () => {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${service.url}/v1` });
    const line = (custom_id: string, fields: object): string =>
      JSON.stringify({ custom_id, method: 'POST', url: '/v1/embeddings', body: { model: 'small-model', input: 'w1', ...fields } });
    const file = await client.files.create({
      file: await toFile(Buffer.from([line('a', { input_type: 'query' }), line('b', {})].join('\n')), 'requests.jsonl'),
      purpose: 'batch',
    });
    const { id } = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' });
    const ended = await eventually('the end of the batch', async () => {
      const batch = await client.batches.retrieve(id);
      return batch.status === 'completed' && batch;
    });
    const text = await (await client.files.content(ended.output_file_id ?? '')).text();
    const answers = text
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each) as { custom_id: string; response: { body: { data: readonly EmbedBody[] } } });
    expect(answers.map(({ custom_id, response }) => [custom_id, vectorBits(response.body.data[0]?.embedding ?? [])])).toEqual([
      ['a', asQuery],
      ['b', plain],
    ]);
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

it('a model without prompts treats queries and documents alike, and both share the cache', async () => {
  const service = await startService({ EMBEDDING_WORKERS: '1' });
  const types = ['query', 'document', 'search_query', 'classification', undefined];
  const answers = [];
  for (const input_type of types) answers.push((await postJson<EmbedBody>(`${service.url}/embed`, { text: 'a text', input_type })).body);
  expect(answers.map(({ cached }) => cached)).toEqual([false, true, true, true, true]);
  expect(new Set(answers.map(({ embedding }) => vectorBits(embedding))).size).toBe(1);
  await service.stop();
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
