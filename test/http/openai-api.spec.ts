import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import { decoded, type EmbeddingList, type OpenAiErrorBody } from '../support/openai-embeddings.js';
import type { JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';
import { vectorBits } from '../support/vector-bits.js';

const MODEL = 'all-MiniLM-L6-v2';
const MAX_TOKENS = 256;
const TEXTS = ['Hello, world!', 'ärger 漢字 😀', 'a third text'];

let app: TestApp;
let vectors: readonly (readonly number[])[];

beforeAll(async () => {
  const provider = new FakeEmbeddingProvider({ model: MODEL, maxTokens: MAX_TOKENS });
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0', ALLOWED_DIMENSIONS: '2', MODEL_ALIASES: 'text-embedding-3-small' }, provider);
  vectors = (await app.embedBatch(TEXTS)).body.embeddings;
});

afterAll(async () => {
  await app.close();
});

async function createEmbeddings<Body = EmbeddingList>(
  request: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer<Body>> {
  return await app.post<Body>('/v1/embeddings', { model: MODEL, ...request }, headers);
}

function bitsOf({ data }: EmbeddingList): readonly string[] {
  return data.map((item) => vectorBits(typeof item.embedding === 'string' ? decoded(item) : item.embedding));
}

describe('POST /v1/embeddings', () => {
  it.each(['/v1/embeddings', '/embeddings'])('answers at %s as OpenAI does', async (path) => {
    const { status, headers, body } = await app.post(path, { input: TEXTS[0], model: MODEL });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: vectors[0] }],
      model: MODEL,
      usage: { prompt_tokens: 15, total_tokens: 15 },
    });
  });

  it.each([
    ['texts', TEXTS],
    ["OpenAI's tokens of texts", TEXTS.map((text) => encode(text))],
  ])('gives %s the vectors of /embed/batch, as numbers and as base64', async (_, input) => {
    for (const encoding_format of ['float', 'base64', null]) {
      const { body } = await createEmbeddings({ input, encoding_format });
      expect(body.data.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(bitsOf(body)).toEqual(vectors.map(vectorBits));
    }
  });

  it("reads an array of numbers as OpenAI's tokens of one text", async () => {
    const { body } = await createEmbeddings({ input: encode(TEXTS[2] ?? '') });
    expect(bitsOf(body)).toEqual([vectorBits(vectors[2] ?? [])]);
  });

  it('reports the same usage for a cached text, and the hit in a header', async () => {
    const input = ['never asked before', TEXTS[0]];
    const [first, second] = [await createEmbeddings({ input }), await createEmbeddings({ input })];
    expect([first, second].map(({ headers }) => headers.get('x-cache'))).toEqual(['partial', 'hit']);
    expect(first.body.usage).toEqual({ prompt_tokens: 35, total_tokens: 35 });
    expect(second.body).toEqual(first.body);
  });

  it('embeds 2,048 inputs in one call, in their order', async () => {
    const input = Array.from({ length: 2048 }, (_, index) => `number ${index % 1500}`);
    const { status, body } = await createEmbeddings({ input, encoding_format: 'base64' });
    const bits = bitsOf(body);

    expect([status, bits.length, new Set(bits).size]).toEqual([200, 2048, 1500]);
    expect(bits.slice(1500)).toEqual(bits.slice(0, 548));
    for (const index of [0, 777, 1499]) {
      expect(bits[index]).toBe(vectorBits((await app.embed(input[index] ?? '')).body.embedding));
    }
    const asNumbers = await createEmbeddings({ input });
    expect(bitsOf(asNumbers.body)).toEqual(bits);
  });

  it('cuts vectors to an allowed size, of length one, in a space of their own', async () => {
    const { headers, body } = await createEmbeddings({ input: TEXTS, dimensions: 2, encoding_format: 'float' });
    const space = headers.get('x-embedding-space') ?? '';
    const own = (await createEmbeddings({ input: 'a', dimensions: 4 })).headers.get('x-embedding-space') ?? '';
    for (const [index, { embedding }] of body.data.entries()) {
      const cut = vectors[index]?.slice(0, 2) ?? [];
      const length = Math.hypot(...cut);
      expect(embedding).toHaveLength(2);
      (embedding as readonly number[]).forEach((value, at) => expect(value).toBeCloseTo((cut[at] ?? Number.NaN) / length, 6));
    }
    expect(space).not.toBe(own);

    const require = async (dimensions: number, required: string) =>
      await createEmbeddings({ input: 'a', dimensions }, { 'x-require-embedding-space': required });
    expect((await require(2, space)).status).toBe(200);
    const refused = await require(4, space);
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([409, 'false']);
    expect(refused.body).toMatchObject({ error: { code: 'conflict_space' } });
  });

  it("accepts an alias, and answers with the model's own name", async () => {
    const { status, body } = await createEmbeddings({ input: 'a', model: 'text-embedding-3-small' });
    expect([status, body.model]).toEqual([200, MODEL]);
  });

  it('cuts the start of a text that is too long, or refuses it with its index', async () => {
    const long = 'word '.repeat(400);
    const start = await createEmbeddings({ input: ['a', long], truncate: 'start' });
    expect(start.body.data.map(({ truncated }) => truncated)).toEqual([undefined, true]);

    const refused = await createEmbeddings<OpenAiErrorBody>({ input: ['a', long], truncate: 'error' });
    expect([refused.status, refused.body.error]).toEqual([
      400,
      {
        message: 'input[1] has 2002 tokens, and at most 256 are allowed (truncate: error)',
        type: 'invalid_request_error',
        param: 'input[1]',
        code: 'context_length_exceeded',
      },
    ]);
  });

  it('with partial answers the valid inputs, and puts an error in the place of each other one', async () => {
    const input = [TEXTS[0], '', 7, [100_256], 'word '.repeat(400), encode(TEXTS[2] ?? '')];
    const { status, body } = await createEmbeddings({ input, partial: true, truncate: 'error' });

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
    expect((await createEmbeddings({ input })).status).toBe(400);
  });
});

describe('GET /v1/models', () => {
  it.each(['/v1/models', '/models'])('lists the models at %s, with more facts than OpenAI does', async (path) => {
    const { body } = await app.get<{ data: readonly { id: string }[] }>(path);
    expect(body).toMatchObject({ object: 'list' });
    expect(body.data.map(({ id }) => id)).toEqual([MODEL, 'text-embedding-3-small']);
    const space = (await app.embed('a')).headers.get('x-embedding-space');
    expect(body.data[0]).toMatchObject({ object: 'model', dimensions: 4, max_tokens: MAX_TOKENS, space });
    expect((await app.get(`${path}/${MODEL}`)).body).toEqual(body.data[0]);
  });

  it.each(['sentence-transformers/all-MiniLM-L6-v2', 'sentence-transformers%2Fall-MiniLM-L6-v2'])(
    'finds a model by its hub id: %s',
    async (id) => {
      const { status, body } = await app.get(`/v1/models/${id}`);
      expect([status, body]).toMatchObject([200, { id: 'sentence-transformers/all-MiniLM-L6-v2', root: MODEL }]);
    },
  );
});
