import { fakeEmbedding } from '../../src/embedding/embedding-provider.fake.js';
import { eventually } from '../support/eventually.js';
import type { ErrorBody } from '../support/embed.js';
import type { JobBody, ResultLine } from '../support/jobs.js';
import type { JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';

const LONG = 'longer than it reads';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0' });
});

afterAll(async () => {
  await app.close();
});

/** The job that is sent as JSON, or as NDJSON with its fields in the query. */
async function send<Body = JobBody>(form: 'JSON' | 'NDJSON', texts: readonly string[], fields: object): Promise<JsonAnswer<Body>> {
  if (form === 'JSON') return await app.post<Body>('/jobs', { texts, ...fields });
  const query = new URLSearchParams(Object.entries(fields) as [string, string][]).toString();
  const lines = texts.map((text) => JSON.stringify({ text })).join('\n');
  return await app.post<Body>(`/jobs?${query}`, lines, { 'content-type': 'application/x-ndjson' });
}

async function done(id: string): Promise<JobBody> {
  return await eventually('the end of the job', async () => {
    const { body } = await app.get<JobBody>(`/jobs/${id}`);
    return body.finished_at !== null && body;
  });
}

async function results(form: 'JSON' | 'NDJSON', texts: readonly string[], fields: object): Promise<readonly ResultLine[]> {
  const { status, body } = await send(form, texts, fields);
  expect(status).toBe(202);
  await done(body.id);
  return (await app.get<{ results: readonly ResultLine[] }>(`/jobs/${body.id}/results?format=json`)).body.results;
}

function bitsOf(vector: Float32Array): number {
  return vector.reduce((byte, value, index) => (value > 0 ? byte | (128 >> index) : byte), 0);
}

describe.each(['JSON', 'NDJSON'] as const)('a job that is sent as %s', (form) => {
  it('has vectors of the type that it asks for, in every format of results', async () => {
    const { body: job } = await send(form, ['a', 'b'], { output_dtype: 'binary' });
    expect(job).toMatchObject({ output_dtype: 'binary' });
    await done(job.id);
    const expected = ['a', 'b'].map((text) => bitsOf(fakeEmbedding(text).vector) - 128);
    const lines = (await app.get<string>(`/jobs/${job.id}/results`)).body.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as ResultLine).embedding)).toEqual(expected.map((bits) => [bits]));
    const json = await app.get<{ results: readonly ResultLine[] }>(`/jobs/${job.id}/results?format=json`);
    expect(json.body.results.map(({ embedding }) => embedding)).toEqual(expected.map((bits) => [bits]));
    const npy = await app.get<string>(`/jobs/${job.id}/results?format=npy`);
    expect(npy.body).toContain("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 1), }");
    expect(npy.headers.get('x-texts-without-vector')).toBe('0');
  });

  it('reads long texts as it asks for', async () => {
    const { windows, vector: mean, tokens } = fakeEmbedding(LONG, 'mean');
    expect(windows).toBe(4);
    const [whole] = await results(form, [LONG], { truncate: 'mean' });
    expect(whole).toMatchObject({ tokens, truncated: false, embedding: [...mean].map((value) => expect.closeTo(value, 6) as number) });
    const [end] = await results(form, [LONG], { truncate: 'start' });
    const { vector } = fakeEmbedding(LONG, 'start');
    expect(end).toMatchObject({ truncated: true, embedding: [...vector].map((value) => expect.closeTo(value, 6) as number) });
  });

  it('gives an error to a text that must not be cut, at the first try', async () => {
    const callsBefore = app.provider.calls.length;
    const [fits, long] = await results(form, ['fits', `${LONG} ${form}`], { truncate: 'error' });
    expect(fits).toMatchObject({ embedding: expect.any(Array) as number[] });
    expect(long).toMatchObject({ error: { code: 'text_too_long', message: expect.stringContaining('tokens') as string } });
    expect(app.provider.calls).toHaveLength(callsBefore + 1);
  });

  it.each([
    [{ output_dtype: 'int8' }, 'output_dtype cannot be int8: the ranges of fake-model were not measured; use float or binary'],
    [{ output_dtype: 'float16' }, 'output_dtype must be one of float, int8, uint8, binary, ubinary'],
    [{ truncate: 'middle' }, 'truncate must be one of error, start, end, mean'],
    [{ input_type: 'nope' }, 'input_type must be one of query, document for this model, not "nope"'],
  ])('is refused by name when it asks for what the model does not have: %j', async (fields, message) => {
    const { status, body } = await send<ErrorBody>(form, ['a'], fields);
    expect([status, body.message]).toEqual([400, message]);
  });

  it('is the same job for the same Idempotency-Key only if these fields are the same', async () => {
    const headers = { 'idempotency-key': `fields-${form}` };
    const ask = async (fields: Readonly<Record<string, string>>): Promise<unknown> => {
      if (form === 'JSON') return (await app.post<JobBody>('/jobs', { texts: ['a'], ...fields }, headers)).body;
      const query = new URLSearchParams(fields).toString();
      return (await app.post(`/jobs?${query}`, '{"text":"a"}', { ...headers, 'content-type': 'application/x-ndjson' })).body;
    };
    const { id } = (await ask({ output_dtype: 'float', truncate: 'end' })) as JobBody;
    expect(await ask({})).toMatchObject({ id });
    expect(await ask({ output_dtype: 'binary' })).toMatchObject({ code: 'idempotency_mismatch' });
    expect(await ask({ truncate: 'mean' })).toMatchObject({ code: 'idempotency_mismatch' });
  });
});

describe('the query of POST /jobs', () => {
  it('may have only the fields of a job, and none beside a JSON body', async () => {
    const ndjson = await app.post<ErrorBody>('/jobs?output_dtyp=int8', '{"text":"a"}', { 'content-type': 'application/x-ndjson' });
    expect([ndjson.status, ndjson.body.message]).toEqual([
      400,
      'output_dtyp is not known here; the query may have model, input_type, output_dtype, truncate, webhook_url, chunk_tokens, chunk_overlap',
    ]);
    const json = await app.post<ErrorBody>('/jobs?output_dtype=binary', { texts: ['a'] });
    expect([json.status, json.body.message]).toEqual([400, 'output_dtype is not known in the query; a JSON body has the fields itself']);
  });

  it('may not have a field twice', async () => {
    const query = 'truncate=end&truncate=mean';
    const { status, body } = await app.post<ErrorBody>(`/jobs?${query}`, '{"text":"a"}', { 'content-type': 'application/x-ndjson' });
    expect([status, body.message]).toEqual([400, 'truncate must be a string']);
  });
});

describe('a result without a vector', () => {
  it('is a row of zeros in a matrix of whole numbers, and is counted in a header', async () => {
    app.provider.fail('fails');
    const { body: job } = await send('JSON', ['a', 'fails'], { output_dtype: 'ubinary' });
    const ended = await done(job.id);
    expect(ended.progress).toMatchObject({ completed: 1, failed: 1 });
    const { headers, body } = await app.get<string>(`/jobs/${job.id}/results?format=npy`);
    expect(headers.get('x-texts-without-vector')).toBe('1');
    expect(body).toContain("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1), }");
    expect(body.endsWith('\0')).toBe(true);
  });
});
