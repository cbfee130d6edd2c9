import OpenAI, { toFile } from 'openai';
import { FakeEmbeddingProvider, fakeEmbedding } from '../../src/embedding/embedding-provider.fake.js';
import { Prompts } from '../../src/embedding/prompts.js';
import { eventually } from '../support/eventually.js';
import { type JobBody, readResults, submitNdjson, untilDone } from '../support/jobs.js';
import { postJson, type JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';

const SIZE = 6;
const first = new FakeEmbeddingProvider({ model: 'first', maxTokens: 12 });
const second = new FakeEmbeddingProvider({
  model: 'second',
  dimensions: SIZE,
  maxTokens: 20,
  prompts: new Prompts({ code: 'c:' }, undefined),
});
const SPACE = second.space.fingerprint;

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.listen({ RATE_LIMIT_REQUESTS: '0' }, first, second);
});

afterAll(async () => {
  await app.close();
});

type Answer = JsonAnswer<JobBody & { readonly message?: string; readonly code?: string; readonly model?: string }>;

async function submit(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return await postJson(`${app.url}/jobs`, body, headers);
}

async function vectorsOf({ id }: JobBody): Promise<readonly (readonly number[] | undefined)[]> {
  await untilDone(app.url, id);
  return (await readResults(app.url, id)).map(({ embedding }) => embedding?.map((number) => Number(number.toFixed(6))));
}

function expected(text: string): readonly number[] {
  return Array.from(fakeEmbedding(text, 'end', 20, SIZE).vector, (number) => Number(number.toFixed(6)));
}

describe('a job', () => {
  it.each([
    ['before its texts', { model: 'second', texts: ['one', 'two'] }],
    ['behind its texts', { texts: ['one', 'two'], model: 'second' }],
  ])('is done by the model that it names %s', async (_, body) => {
    const { status, body: job } = await submit(body);
    expect([status, job.model, job.space]).toEqual([202, 'second', SPACE]);
    expect(await vectorsOf(job)).toEqual([expected('one'), expected('two')]);
  });

  it('in NDJSON names its model in the query', async () => {
    const answer = await submitNdjson(app.url, '{"text":"one","input_type":"code"}', {}, '?model=second');
    expect(answer.body).toMatchObject({ model: 'second', space: SPACE });
    expect(await vectorsOf(answer.body)).toEqual([expected('c:one')]);
  });

  it('is done by the first model if it names none', async () => {
    expect((await submit({ texts: ['one'] })).body).toMatchObject({ model: 'first', space: first.space.fingerprint });
  });

  it('is refused for a model that is not there, which lists those that are', async () => {
    const message = expect.stringContaining('this service has `first`, `second`');
    expect(await submit({ texts: ['one'], model: 'third' })).toMatchObject({ status: 404, body: { code: 'model_not_found', message } });
    expect((await submitNdjson(app.url, '{"text":"one"}', {}, '?model=third')).status).toBe(404);
  });

  it('has the prompts of its model, wherever the fields stand', async () => {
    for (const body of [
      { input_type: 'code', texts: ['one'], model: 'second' },
      { model: 'second', input_type: 'code', texts: ['one'] },
    ])
      expect((await submit(body)).status).toBe(202);
    for (const body of [
      { input_type: 'code', texts: ['one'] },
      { model: 'first', input_type: 'code', texts: ['one'] },
    ])
      expect(await submit(body)).toMatchObject({ status: 400, body: { message: expect.stringContaining('input_type') } });
    expect((await submitNdjson(app.url, '{"text":"one","input_type":"code"}')).status).toBe(400);
  });

  it('is cut into chunks as its model counts tokens', async () => {
    const chunk = { tokens: 16, overlap: 0 };
    expect((await submit({ texts: ['one'], chunk })).status).toBe(400);
    const { status, body } = await submit({ texts: ['one two three four'], chunk, model: 'second' });
    expect([status, body.progress.total]).toEqual([202, 2]);
  });

  it('is another job for another model under the same Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'a-key' };
    const { body } = await submit({ texts: ['one'], model: 'first' }, headers);
    expect((await submit({ texts: ['one'] }, headers)).body.id).toBe(body.id);
    expect((await submit({ texts: ['one'], model: 'second' }, headers)).body.code).toBe('idempotency_mismatch');
  });
});

describe('a batch', () => {
  async function ended(models: readonly string[]): Promise<OpenAI.Batch> {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${app.url}/v1` });
    const lines = models.map((model, index) =>
      JSON.stringify({ custom_id: `${index}`, method: 'POST', url: '/v1/embeddings', body: { model, input: 'one' } }),
    );
    const file = await client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'requests.jsonl'), purpose: 'batch' });
    const { id } = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' });
    return await eventually('the end of the batch', async () => {
      const batch = await client.batches.retrieve(id);
      return ['failed', 'completed'].includes(batch.status) && batch;
    });
  }

  it('is answered by the model of its requests', async () => {
    const batch = await ended(['second', 'second']);
    expect(batch).toMatchObject({ status: 'completed', model: 'second' });
    const [line = ''] = (await app.get<string>(`/v1/files/${batch.output_file_id}/content`)).body.split('\n');
    expect(JSON.parse(line)).toMatchObject({ response: { body: { model: 'second', data: [{ embedding: { length: SIZE } }] } } });
  });

  it('fails, and names the lines, if its requests have several models', async () => {
    const batch = await ended(['second', 'first', 'second']);
    expect(batch).toMatchObject({ status: 'failed', errors: { data: [{ code: 'mismatched_model', line: 2 }] } });
  });
});
