import OpenAI, { RateLimitError } from 'openai';
import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import { makeKey } from '../support/make-key.js';
import type { EmbeddingList, OpenAiErrorBody } from '../support/openai-embeddings.js';
import type { JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';

const MODEL = 'fake-model';
/** With two more characters it has ten tokens: a character has one, and there are two special ones. */
const TEXT = 'tokens';

const small = makeKey('small', { requests: '0', tokens: '100' });
const unlimited = makeKey('unlimited');

let app: TestApp;

beforeAll(async () => {
  const settings = { API_KEYS: `${small.entry},${unlimited.entry}`, RATE_LIMIT_REQUESTS: '30', RATE_LIMIT_WINDOW: '3600' };
  app = await TestApp.listen(settings, new FakeEmbeddingProvider({ maxTokens: 10 }));
});

afterAll(async () => {
  await app.close();
});

async function createEmbeddings<Body = EmbeddingList>(
  request: object,
  headers: Readonly<Record<string, string>> = small.headers,
): Promise<JsonAnswer<Body>> {
  return await app.post<Body>('/v1/embeddings', { model: MODEL, ...request }, headers);
}

describe('the limit of tokens', () => {
  it('counts the tokens of usage, cached or not, and reports the rest of the limit', async () => {
    const standing = async (input: string | readonly string[]) => {
      const { status, headers, body } = await createEmbeddings({ input });
      return [status, body.usage?.total_tokens, ...['limit', 'remaining'].map((name) => headers.get(`x-ratelimit-${name}-tokens`))];
    };

    expect(await standing(`${TEXT} a`)).toEqual([200, 10, '100', '90']);
    expect(await standing(`${TEXT} a`)).toEqual([200, 10, '100', '80']);
    expect(await standing([`${TEXT} a`, `${TEXT} b`, `${TEXT} b`])).toEqual([200, 30, '100', '50']);
    expect((await app.embed(`${TEXT} a`, small.headers)).status).toBe(200);
    expect(await standing(`${TEXT} c`)).toEqual([200, 10, '100', '30']);
  });

  it('is never passed, and the refusal says when to try again', async () => {
    const { status, headers, body } = await createEmbeddings<OpenAiErrorBody>({
      input: Array.from({ length: 4 }, (_, index) => `${TEXT} d${index}`),
    });
    expect([status, body.error.type, body.error.code]).toEqual([429, 'tokens', 'rate_limit_exceeded']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3000);
    expect(await app.metric('rate_limited_requests_total', { limit: 'tokens' })).toBeGreaterThan(0);
    expect((await app.embed(`${TEXT} e`, small.headers)).status).toBe(200);

    const client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: small.secret, maxRetries: 0 });
    const request = client.embeddings.create({ model: MODEL, input: [TEXT, TEXT, TEXT] });
    await expect(request).rejects.toThrow(RateLimitError);
  });

  it('answers 400 to a request that exceeds a whole window', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${TEXT} f${index}`);
    const { status, body } = await app.embedBatch(texts, small.headers);
    expect([status, body]).toEqual([400, expect.objectContaining({ message: expect.stringContaining('RATE_LIMIT_TOKENS') })]);
  });

  it('charges nothing for a request that is refused or fails', async () => {
    const tooLong = await createEmbeddings({ input: 'word '.repeat(300), truncate: 'error' });
    const { headers } = await createEmbeddings({ input: 'a' });
    expect([tooLong.status, headers.get('x-ratelimit-remaining-tokens')]).toEqual([400, '17']);
  });

  it('does not exist for a key without one', async () => {
    const { headers } = await createEmbeddings({ input: TEXT }, unlimited.headers);
    expect(headers.has('x-ratelimit-limit-tokens')).toBe(false);
  });
});
