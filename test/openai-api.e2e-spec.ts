import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import { embed, embedBatch } from './support/embed.js';
import { getJson } from './support/get-json.js';
import { createEmbeddings, decoded, type EmbeddingList, type OpenAiErrorBody } from './support/openai-embeddings.js';
import { postJson } from './support/post-json.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

const TEXTS = ['Hello, world!', 'ärger 漢字 😀', 'a third text'];

let service: StartedService;
let vectors: readonly (readonly number[])[];

beforeAll(async () => {
  service = await startService({
    RATE_LIMIT_REQUESTS: '0',
    ALLOWED_DIMENSIONS: '128',
    MODEL_ALIASES: 'text-embedding-3-small',
    MAX_BODY_MB: '1',
    MAX_QUEUED_TEXTS: '2500',
  });
  vectors = (await embedBatch(service.url, TEXTS)).body.embeddings;
});

function bitsOf({ data }: EmbeddingList): readonly string[] {
  return data.map((item) => vectorBits(typeof item.embedding === 'string' ? decoded(item) : item.embedding));
}

describe('POST /v1/embeddings', () => {
  it.each(['/v1/embeddings', '/embeddings'])('answers at %s as OpenAI does', async (path) => {
    const { status, headers, body } = await postJson(service.url + path, { input: TEXTS[0], model: 'all-MiniLM-L6-v2' });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: vectors[0] }],
      model: 'all-MiniLM-L6-v2',
      usage: { prompt_tokens: 6, total_tokens: 6 },
    });
  });

  it.each([
    ['texts', TEXTS],
    ["OpenAI's tokens of texts", TEXTS.map((text) => encode(text))],
  ])('gives %s the vectors of /embed/batch, as numbers and as base64', async (_, input) => {
    for (const encoding_format of ['float', 'base64', null]) {
      const { body } = await createEmbeddings(service.url, { input, encoding_format });
      expect(body.data.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(bitsOf(body)).toEqual(vectors.map(vectorBits));
    }
  });

  it("reads an array of numbers as OpenAI's tokens of one text", async () => {
    const { body } = await createEmbeddings(service.url, { input: encode(TEXTS[2] ?? '') });
    expect(bitsOf(body)).toEqual([vectorBits(vectors[2] ?? [])]);
  });

  it('reports the same usage for a cached text, and the hit in a header', async () => {
    const input = ['never asked before', TEXTS[0]];
    const [first, second] = [await createEmbeddings(service.url, { input }), await createEmbeddings(service.url, { input })];
    expect([first, second].map(({ headers }) => headers.get('x-cache'))).toEqual(['partial', 'hit']);
    expect(first.body.usage).toEqual({ prompt_tokens: 11, total_tokens: 11 });
    expect(second.body).toEqual(first.body);
  });

  it('embeds 2,048 inputs in one call, in their order', async () => {
    const input = Array.from({ length: 2048 }, (_, index) => `number ${index % 1500}`);
    const { status, body } = await createEmbeddings(service.url, { input, encoding_format: 'base64' });
    const bits = bitsOf(body);

    expect([status, bits.length, new Set(bits).size]).toEqual([200, 2048, 1500]);
    expect(bits.slice(1500)).toEqual(bits.slice(0, 548));
    for (const index of [0, 777, 1499]) {
      expect(bits[index]).toBe(vectorBits((await embed(service.url, input[index] ?? '')).body.embedding));
    }
    const asNumbers = await createEmbeddings(service.url, { input });
    expect(bitsOf(asNumbers.body)).toEqual(bits);
  });

  it('cuts vectors to an allowed size, of length one, in a space of their own', async () => {
    const { headers, body } = await createEmbeddings(service.url, { input: TEXTS, dimensions: 128, encoding_format: 'float' });
    const space = headers.get('x-embedding-space') ?? '';
    const own = (await createEmbeddings(service.url, { input: 'a', dimensions: 384 })).headers.get('x-embedding-space') ?? '';
    for (const [index, { embedding }] of body.data.entries()) {
      const cut = vectors[index]?.slice(0, 128) ?? [];
      const length = Math.hypot(...cut);
      expect(embedding).toHaveLength(128);
      (embedding as readonly number[]).forEach((value, at) => expect(value).toBeCloseTo((cut[at] ?? Number.NaN) / length, 6));
    }
    expect(space).not.toBe(own);

    const require = async (dimensions: number, required: string) =>
      await createEmbeddings(service.url, { input: 'a', dimensions }, { 'x-require-embedding-space': required });
    expect((await require(128, space)).status).toBe(200);
    const refused = await require(384, space);
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([409, 'false']);
    expect(refused.body).toMatchObject({ error: { code: 'conflict_space' } });
  });

  it("accepts an alias, and answers with the model's own name", async () => {
    const { status, body } = await createEmbeddings(service.url, { input: 'a', model: 'text-embedding-3-small' });
    expect([status, body.model]).toEqual([200, 'all-MiniLM-L6-v2']);
  });

  it('cuts the start of a text that is too long, or refuses it with its index', async () => {
    const long = 'word '.repeat(400);
    const start = await createEmbeddings(service.url, { input: ['a', long], truncate: 'start' });
    expect(start.body.data.map(({ truncated }) => truncated)).toEqual([undefined, true]);

    const refused = await createEmbeddings<OpenAiErrorBody>(service.url, { input: ['a', long], truncate: 'error' });
    expect([refused.status, refused.body.error]).toEqual([
      400,
      {
        message: 'input[1] has 402 tokens, and at most 256 are allowed (truncate: error)',
        type: 'invalid_request_error',
        param: 'input[1]',
        code: 'context_length_exceeded',
      },
    ]);
  });

  it('with partial answers the valid inputs, and puts an error in the place of each other one', async () => {
    const input = [TEXTS[0], '', 7, [100_256], 'word '.repeat(400), encode(TEXTS[2] ?? '')];
    const { status, body } = await createEmbeddings(service.url, { input, partial: true, truncate: 'error' });

    expect(status).toBe(200);
    expect(body.data.map(({ object, index }) => `${index} ${object}`)).toEqual([
      '0 embedding',
      '1 error',
      '2 error',
      '3 error',
      '4 error',
      '5 embedding',
    ]);
    expect(body.data.map(({ error }) => [error?.param, error?.code])).toEqual([
      [undefined, undefined],
      ['input[1]', 'invalid_request'],
      ['input[2]', 'invalid_request'],
      ['input[3]', 'invalid_request'],
      ['input[4]', 'context_length_exceeded'],
      [undefined, undefined],
    ]);
    expect([body.data[0]?.embedding, body.data[5]?.embedding]).toEqual([vectors[0], vectors[2]]);
    expect((await createEmbeddings(service.url, { input })).status).toBe(400);
  });
});

describe('GET /v1/models', () => {
  it.each(['/v1/models', '/models'])('lists the models at %s, with more facts than OpenAI does', async (path) => {
    const { body } = await getJson<{ data: readonly { id: string }[] }>(service.url + path);
    expect(body).toMatchObject({ object: 'list' });
    expect(body.data.map(({ id }) => id)).toEqual(['all-MiniLM-L6-v2', 'text-embedding-3-small']);
    const space = (await embed(service.url, 'a')).headers.get('x-embedding-space');
    expect(body.data[0]).toMatchObject({ object: 'model', dimensions: 384, max_tokens: 256, space });
    expect((await getJson(`${service.url + path}/all-MiniLM-L6-v2`)).body).toEqual(body.data[0]);
  });

  it.each(['sentence-transformers/all-MiniLM-L6-v2', 'sentence-transformers%2Fall-MiniLM-L6-v2'])(
    'finds a model by its hub id: %s',
    async (id) => {
      const { status, body } = await getJson(`${service.url}/v1/models/${id}`);
      expect([status, body]).toMatchObject([200, { id: 'sentence-transformers/all-MiniLM-L6-v2', root: 'all-MiniLM-L6-v2' }]);
    },
  );
});

describe('a request of a client', () => {
  const model = 'all-MiniLM-L6-v2';
  const url = (): string => `${service.url}/v1/embeddings`;

  it('may have nulls in unknown fields', async () => {
    const body = { input: 'a', model, input_type: null, output_dtype: null, truncation: null };
    expect((await postJson(url(), body)).status).toBe(200);
    const { status, body: answer } = await postJson<OpenAiErrorBody>(url(), { ...body, unheard_of: 1 });
    expect([status, answer.error.param]).toEqual([400, 'unheard_of']);
  });

  it('may have texts as long as at OpenAI: 8,191 tokens, 100,000 characters', async () => {
    const ids = encode('A sentence of some words, and one more. '.repeat(1000)).slice(0, 8191);
    expect((await postJson(url(), { input: [ids], model })).status).toBe(200);
    expect((await postJson(url(), { input: 'x'.repeat(100_000), model })).status).toBe(200);
    const { status, body } = await postJson<OpenAiErrorBody>(url(), { input: 'x'.repeat(100_001), model });
    expect([status, body.error.message]).toEqual([400, 'input must have at most 100000 characters (MAX_TEXT_LENGTH), not 100001']);
    expect((await postJson(`${service.url}/embed`, { text: 'x'.repeat(10_001) })).status).toBe(400);
  });

  it('gets a list of its cached inputs', async () => {
    await postJson(url(), { input: 'stored before', model });
    const { headers } = await postJson(url(), { input: ['not yet', 'stored before', 'nor this'], model });
    expect([headers.get('x-cache'), headers.get('x-cached-texts')]).toEqual(['partial', '1']);
  });

  it('gets a hint to the right route', async () => {
    const wrongPath = await postJson<OpenAiErrorBody>(`${service.url}/v1/engines/ada/embeddings`, { input: 'a' });
    expect([wrongPath.status, wrongPath.body.error.message]).toEqual([404, expect.stringContaining('use POST /v1/embeddings')]);
    const wrongBody = await postJson<{ message: string }>(`${service.url}/embed/batch`, { input: ['a'] });
    expect([wrongBody.status, wrongBody.body.message]).toEqual([
      400,
      expect.stringContaining('POST /v1/embeddings and POST /api/embed take it'),
    ]);
  });
});

describe("an error for OpenAI's clients", () => {
  const model = 'all-MiniLM-L6-v2';

  it.each([
    { what: 'no input', body: { model }, status: 400, param: 'input', code: 'invalid_request' },
    { what: 'an unknown model', body: { input: 'a', model: 'gpt' }, status: 404, param: null, code: 'model_not_found' },
    { what: 'a size', body: { input: 'a', model, dimensions: 100 }, status: 400, param: 'dimensions', code: 'invalid_request' },
    { what: 'an unknown field', body: { input: 'a', model, dimension: 128 }, status: 400, param: 'dimension', code: 'invalid_request' },
    { what: 'two empty inputs', body: { input: ['', 'a', ''], model }, status: 400, param: 'input[0]', code: 'invalid_request' },
    { what: 'broken JSON', body: '{', status: 400, param: null, code: 'invalid_request' },
    { what: 'too many inputs', body: { input: Array(2049).fill('a'), model }, status: 400, param: 'input', code: 'invalid_request' },
    { what: 'a large body', body: 'x'.repeat(1_100_000), status: 413, param: null, code: 'payload_too_large' },
    { what: 'another type', type: 'text/plain', body: 'a', status: 415, param: null, code: 'unsupported_media_type' },
    { what: 'an unknown path', path: '/v1/nothing', body: {}, status: 404, param: null, code: 'not_found' },
    { what: 'a path that cannot be one', path: '/v1/%zz', body: {}, status: 400, param: null, code: 'invalid_request' },
  ])('has its shape for $what', async ({ path = '/v1/embeddings', type = 'application/json', body, status, param, code }) => {
    const answer = await postJson<OpenAiErrorBody>(service.url + path, body, { 'content-type': type, 'x-request-id': 'mine' });
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([status, 'mine']);
    expect(answer.body.error).toEqual({ message: expect.stringMatching(/\w/), type: 'invalid_request_error', param, code });
  });

  it('names the limit of the size and its setting', async () => {
    const { body } = await postJson<OpenAiErrorBody>(`${service.url}/v1/embeddings`, 'x'.repeat(1_100_000));
    expect(body.error.message).toBe('The body is larger than the 1048576 bytes that are read here (MAX_BODY_MB); send less at a time.');
  });

  it("has OpenAI's shape on OpenAI's routes only", async () => {
    expect((await postJson(`${service.url}/embed`, '{')).body).toMatchObject({ statusCode: 400, code: 'invalid_request' });
    expect((await getJson(`${service.url}/models/nothing`)).body).toMatchObject({ error: { code: 'model_not_found' } });
  });
});
