import OpenAI, { toFile } from 'openai';
import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import { Prompts } from '../../src/embedding/prompts.js';
import type { BatchBody, EmbedBody, ErrorBody } from '../support/embed.js';
import { eventually } from '../support/eventually.js';
import { type JobBody, readResults, submitNdjson, untilDone } from '../support/jobs.js';
import { TestApp } from '../support/test-app.js';
import { vectorBits } from '../support/vector-bits.js';

const model = 'fake-model';
const PROMPT = 'query: ';
const NAMES = 'query, document, clustering';

let app: TestApp;

describe('the input type of a text', () => {
  /** Bits of the vectors of `w1`, without a prompt and with that of queries. */
  let plain: string;
  let asQuery: string;

  beforeAll(async () => {
    const prompts = new Prompts({ query: PROMPT, document: '', clustering: 'cluster: ' }, undefined);
    app = await TestApp.listen({ RATE_LIMIT_REQUESTS: '0' }, new FakeEmbeddingProvider({ prompts, maxTokens: 100 }));
    plain = vectorBits((await app.embed('w1')).body.embedding);
    asQuery = vectorBits((await app.embed(`${PROMPT}w1`)).body.embedding);
  });

  afterAll(async () => {
    await app.close();
  });

  it('is part of the cache key', async () => {
    expect(asQuery).not.toBe(plain);
    await app.post('/embed', { text: 'w2', input_type: 'query' });
    const { body: again } = await app.post<EmbedBody>('/embed', { text: 'w2', input_type: 'search_query' });
    const { body: document } = await app.post<EmbedBody>('/embed', { text: 'w2', input_type: 'document' });
    const { body: none } = await app.post<EmbedBody>('/embed', { text: 'w2' });
    expect([again.cached, document.cached, none.cached]).toEqual([true, false, true]); // documents have no prompt, like texts without an input type
    expect(vectorBits(none.embedding)).toBe(vectorBits(document.embedding));
  });

  it.each([
    { input_type: 'search_query' },
    { task: 'retrieval.query' },
    { prompt_name: 'query' },
    { input_type: 'query', prompt_name: 'query' },
  ])('works under the names of other servers: %j', async (fields) => {
    const { body } = await app.post<BatchBody>('/embed/batch', { texts: ['w1'], ...fields });
    expect(body.embeddings.map(vectorBits)).toEqual([asQuery]);
    const { body: list } = await app.post<{ readonly data: readonly EmbedBody[] }>('/v1/embeddings', { input: 'w1', model, ...fields });
    expect(list.data.map(({ embedding }) => vectorBits(embedding))).toEqual([asQuery]);
  });

  it('that is unknown to the model is refused with a list of the known ones', async () => {
    const message = `must be one of ${NAMES} for this model, not "summary"`;
    const expected = { code: 'invalid_request', details: [{ field: 'input_type', message }] };
    const { status, body } = await app.post<ErrorBody>('/embed', { text: 'w1', input_type: 'summary' });
    expect({ status, body }).toMatchObject({ status: 400, body: expected });
    expect((await app.post('/embed/batch', { texts: ['w1'], task: 'summary' })).body).toMatchObject(expected);
    expect((await app.post('/jobs', { texts: ['w1'], input_type: 'summary' })).body).toMatchObject(expected);
    const openAi = await app.post<{ readonly error: object }>('/v1/embeddings', { input: 'w1', model, prompt_name: 'summary' });
    expect(openAi.body.error).toMatchObject({ message: `input_type ${message}` });
    const lines = await submitNdjson(app.url, '{"text":"w1"}\n{"text":"w1","input_type":"summary"}\n');
    expect(lines.body).toMatchObject({ details: [{ field: 'line 2: input_type', message }] });
  });

  it('that is given twice with different values is refused', async () => {
    const { status } = await app.post('/embed', { text: 'w1', input_type: 'query', task: 'document' });
    expect(status).toBe(400);
  });

  it('applies to the texts of a job, for all or for each line', async () => {
    const { body: json } = await app.post<JobBody>('/jobs', { texts: ['w1'], input_type: 'query' });
    const { body: lines } = await submitNdjson(
      app.url,
      '{"text":"w1"}\n{"id":"b","text":"w1","input_type":"document"}\n{"text":"w1"}\n',
      {},
      '?input_type=query',
    );
    for (const { id } of [json, lines]) expect((await untilDone(app.url, id)).status).toBe('completed');
    expect((await readResults(app.url, json.id)).map(({ embedding = [] }) => vectorBits(embedding))).toEqual([asQuery]);
    const results = await readResults(app.url, lines.id);
    expect(results.map(({ id, embedding = [] }) => [id, vectorBits(embedding)])).toEqual([
      [undefined, asQuery],
      ['b', plain],
      [undefined, asQuery],
    ]);
  });

  it('applies to the lines of a batch', async () => {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${app.url}/v1` });
    const line = (custom_id: string, fields: object): string =>
      JSON.stringify({ custom_id, method: 'POST', url: '/v1/embeddings', body: { model, input: 'w1', ...fields } });
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
});

it('a model without prompts treats queries and documents alike, and both share the cache', async () => {
  app = await TestApp.start();
  const types = ['query', 'document', 'search_query', 'classification', undefined];
  const answers = [];
  for (const input_type of types) answers.push((await app.post<EmbedBody>('/embed', { text: 'a text', input_type })).body);
  expect(answers.map(({ cached }) => cached)).toEqual([false, true, true, true, true]);
  expect(new Set(answers.map(({ embedding }) => vectorBits(embedding))).size).toBe(1);
  await app.close();
});
