import OpenAI, { APIError, BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { embedBatch } from './support/embed.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

const model = 'all-MiniLM-L6-v2';

function clientOf({ url }: StartedService): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
}

/** The error of the rejected call. */
async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("OpenAI's own client", () => {
  let service: StartedService;
  let client: OpenAI;

  beforeAll(async () => {
    service = await startService({ RATE_LIMIT_REQUESTS: '0' });
    client = clientOf(service);
  });

  it('gets the vectors of /embed/batch, by default and as numbers', async () => {
    const input = Array.from({ length: 100 }, (_, index) => `text ${index}`);
    const expected = (await embedBatch(service.url, input)).body.embeddings.map(vectorBits);
    for (const encoding of [{}, { encoding_format: 'float' as const }]) {
      const { data, usage } = await client.embeddings.create({ model, input, ...encoding });
      expect(data.map(({ embedding }) => vectorBits(embedding))).toEqual(expected);
      expect(usage.total_tokens).toBe(usage.prompt_tokens);
    }
  });

  it('decodes a partial answer', async () => {
    const request = { model, input: ['a', ''], partial: true };
    const { data } = await client.embeddings.create(request);
    expect(data.map(({ embedding }) => embedding.length)).toEqual([384, 0]);
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

  it('reads the rest of its limit, and the wait after a 429', async () => {
    const limited = clientOf(await startService({ RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_WINDOW: '120' }));
    const { response } = await limited.embeddings.create({ model, input: 'a' }).withResponse();
    const standing = ['limit', 'remaining', 'reset'].map((name) => response.headers.get(`x-ratelimit-${name}-requests`));
    expect(standing).toEqual(['1', '0', expect.stringMatching(/^(?:2m0s|1m\d+s)$/)]);

    const refused = (await errorOf(limited.embeddings.create({ model, input: 'a' }))) as APIError;
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    const seconds = Number(refused.headers?.get('retry-after'));
    expect(seconds).toBeGreaterThan(60);
    expect(Number(refused.headers?.get('retry-after-ms'))).toBe(seconds * 1000);
  });

  it('waits as long as it is told and tries again', async () => {
    const patient = new OpenAI({
      baseURL: `${(await startService({ RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_WINDOW: '1' })).url}/v1`,
      apiKey: 'none',
      maxRetries: 5,
    });
    const answers = await Promise.all(['a', 'b'].map((input) => patient.embeddings.create({ model, input })));
    expect(answers.map(({ data }) => data.length)).toEqual([1, 1]);
  });
});
