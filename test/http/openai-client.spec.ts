import OpenAI, { type APIError, BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { TestApp } from '../support/test-app.js';
import { vectorBits } from '../support/vector-bits.js';

const model = 'fake-model';

let app: TestApp;
let client: OpenAI;

async function listen(settings: Readonly<Record<string, string>>, maxRetries = 0): Promise<void> {
  app = await TestApp.listen(settings);
  client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: 'none', maxRetries });
}

/** The error of the rejected call. */
async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("OpenAI's own client", () => {
  beforeAll(async () => {
    await listen({ RATE_LIMIT_REQUESTS: '0' });
  });

  afterAll(async () => {
    await app.close();
  });

  it('gets the vectors of /embed/batch, by default and as numbers', async () => {
    const input = Array.from({ length: 100 }, (_, index) => `${index} text`);
    const expected = (await app.embedBatch(input)).body.embeddings.map(vectorBits);
    for (const encoding of [{}, { encoding_format: 'float' as const }]) {
      const { data, usage } = await client.embeddings.create({ model, input, ...encoding });
      expect(data.map(({ embedding }) => vectorBits(embedding))).toEqual(expected);
      expect(usage.total_tokens).toBe(usage.prompt_tokens);
    }
  });

  it('decodes a partial answer', async () => {
    const request = { model, input: ['a', ''], partial: true };
    const { data } = await client.embeddings.create(request);
    expect(data.map(({ embedding }) => embedding.length)).toEqual([4, 0]);
  });

  it('lists and finds the model', async () => {
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual([model]);
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' });
  });

  it('throws its own errors', async () => {
    const invalid = await errorOf(client.embeddings.create({ model, input: 'a', dimensions: 7 }));
    expect(invalid).toBeInstanceOf(BadRequestError);
    expect(invalid).toMatchObject({ status: 400, param: 'dimensions', type: 'invalid_request_error', requestID: expect.any(String) });

    const unknown = await errorOf(client.embeddings.create({ model: 'gpt', input: 'a' }));
    expect(unknown).toBeInstanceOf(NotFoundError);
    expect(unknown).toMatchObject({ code: 'model_not_found' });
  });
});

describe("OpenAI's own client at its limit", () => {
  afterEach(async () => {
    await app.close();
  });

  it('reads the rest of its limit, and the wait after a 429', async () => {
    await listen({ RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_WINDOW: '120' });
    const { response } = await client.embeddings.create({ model, input: 'a' }).withResponse();
    const standing = ['limit', 'remaining', 'reset'].map((name) => response.headers.get(`x-ratelimit-${name}-requests`));
    expect(standing).toEqual(['1', '0', expect.stringMatching(/^(?:2m0s|1m\d+s)$/)]);

    const refused = (await errorOf(client.embeddings.create({ model, input: 'a' }))) as APIError;
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    const seconds = Number(refused.headers?.get('retry-after'));
    expect(seconds).toBeGreaterThan(60);
    expect(Number(refused.headers?.get('retry-after-ms'))).toBe(seconds * 1000);
  });

  it('waits as long as it is told and tries again', async () => {
    await listen({ RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_WINDOW: '1' }, 5);
    const answers = await Promise.all(['a', 'b'].map((input) => client.embeddings.create({ model, input })));
    expect(answers.map(({ data }) => data.length)).toEqual([1, 1]);
  });
});
