import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import type { OpenAiErrorBody } from '../support/openai-embeddings.js';
import { TestApp } from '../support/test-app.js';

const model = 'fake-model';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0', ALLOWED_DIMENSIONS: '2', MAX_BODY_MB: '1' });
});

afterAll(async () => {
  await app.close();
});

describe('a request of a client', () => {
  it('may have nulls in unknown fields', async () => {
    const body = { input: 'a', model, input_type: null, output_dtype: null, truncation: null };
    expect((await app.post('/v1/embeddings', body)).status).toBe(200);
    const { status, body: answer } = await app.post<OpenAiErrorBody>('/v1/embeddings', { ...body, unheard_of: 1 });
    expect([status, answer.error.param]).toEqual([400, 'unheard_of']);
  });

  it('may have texts as long as at OpenAI: 8,191 tokens, 100,000 characters', async () => {
    const ids = encode('A sentence of some words, and one more. '.repeat(1000)).slice(0, 8191);
    expect((await app.post('/v1/embeddings', { input: [ids], model })).status).toBe(200);
    expect((await app.post('/v1/embeddings', { input: 'x'.repeat(100_000), model })).status).toBe(200);
    const { status, body } = await app.post<OpenAiErrorBody>('/v1/embeddings', { input: 'x'.repeat(100_001), model });
    expect([status, body.error.message]).toEqual([400, 'input must have at most 100000 characters (MAX_TEXT_LENGTH), not 100001']);
    expect((await app.post('/embed', { text: 'x'.repeat(10_001) })).status).toBe(400);
  });

  it('gets a list of its cached inputs', async () => {
    await app.post('/v1/embeddings', { input: 'stored before', model });
    const { headers } = await app.post('/v1/embeddings', { input: ['not yet', 'stored before', 'nor this'], model });
    expect([headers.get('x-cache'), headers.get('x-cached-texts')]).toEqual(['partial', '1']);
  });

  it('gets a hint to the right route', async () => {
    const wrongPath = await app.post<OpenAiErrorBody>('/v1/engines/ada/embeddings', { input: 'a' });
    expect([wrongPath.status, wrongPath.body.error.message]).toEqual([404, expect.stringContaining('use POST /v1/embeddings')]);
    const wrongBody = await app.post<{ message: string }>('/embed/batch', { input: ['a'] });
    expect([wrongBody.status, wrongBody.body.message]).toEqual([
      400,
      expect.stringContaining('POST /v1/embeddings and POST /api/embed take it'),
    ]);
  });
});

describe("an error for OpenAI's clients", () => {
  it.each([
    { what: 'no input', body: { model }, status: 400, param: 'input', code: 'invalid_request' },
    { what: 'an unknown model', body: { input: 'a', model: 'gpt' }, status: 404, param: null, code: 'model_not_found' },
    { what: 'a size', body: { input: 'a', model, dimensions: 100 }, status: 400, param: 'dimensions', code: 'invalid_request' },
    { what: 'an unknown field', body: { input: 'a', model, dimension: 2 }, status: 400, param: 'dimension', code: 'invalid_request' },
    { what: 'two empty inputs', body: { input: ['', 'a', ''], model }, status: 400, param: 'input[0]', code: 'invalid_request' },
    { what: 'broken JSON', body: '{', status: 400, param: null, code: 'invalid_request' },
    { what: 'too many inputs', body: { input: Array(2049).fill('a'), model }, status: 400, param: 'input', code: 'invalid_request' },
    { what: 'a large body', body: 'x'.repeat(1_100_000), status: 413, param: null, code: 'payload_too_large' },
    { what: 'another type', type: 'text/plain', body: 'a', status: 415, param: null, code: 'unsupported_media_type' },
    { what: 'an unknown path', path: '/v1/nothing', body: {}, status: 404, param: null, code: 'not_found' },
    { what: 'a path that cannot be one', path: '/v1/%zz', body: {}, status: 400, param: null, code: 'invalid_request' },
  ])('has its shape for $what', async ({ path = '/v1/embeddings', type = 'application/json', body, status, param, code }) => {
    const answer = await app.post<OpenAiErrorBody>(path, body, { 'content-type': type, 'x-request-id': 'mine' });
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([status, 'mine']);
    expect(answer.body.error).toEqual({ message: expect.stringMatching(/\w/), type: 'invalid_request_error', param, code });
  });

  it('names the limit of the size and its setting', async () => {
    const { body } = await app.post<OpenAiErrorBody>('/v1/embeddings', 'x'.repeat(1_100_000));
    expect(body.error.message).toBe('The body is larger than the 1048576 bytes that are read here (MAX_BODY_MB); send less at a time.');
  });

  it("has OpenAI's shape on OpenAI's routes only", async () => {
    expect((await app.post('/embed', '{')).body).toMatchObject({ statusCode: 400, code: 'invalid_request' });
    expect((await app.get('/models/nothing')).body).toMatchObject({ error: { code: 'model_not_found' } });
  });
});
