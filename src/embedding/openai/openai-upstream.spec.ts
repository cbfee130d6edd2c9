import {
  answersFloats,
  answersItems,
  answersVectors,
  cutsBody,
  cutsConnection,
  fails,
  hangs,
  hangsInBody,
  rateLimits,
  redirects,
  sendsText,
  startFaultyUpstream,
  upstreamTokens,
  upstreamVector,
  UPSTREAM_DIMENSIONS,
  type Behaviour,
  type FaultyUpstream,
} from '../../../test/support/faulty-upstream.js';
import { openAiSettings } from './openai-settings.fake.js';
import { OpenAiUpstream } from './openai-upstream.js';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamReply } from './upstream.port.js';

const API_KEY = 'sk-secret-of-the-test';
const TEXTS = ['one', 'two', 'three'];

let server: FaultyUpstream;

beforeAll(async () => {
  server = await startFaultyUpstream();
});

afterAll(async () => {
  await server.stop();
});

interface Asked {
  readonly texts?: readonly string[];
  readonly signal?: AbortSignal;
  readonly askedDimensions?: number;
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string;
}

async function ask({
  texts = TEXTS,
  signal = new AbortController().signal,
  askedDimensions,
  ...settings
}: Asked = {}): Promise<UpstreamReply> {
  const model = { name: 'tiny', dimensions: UPSTREAM_DIMENSIONS, askedDimensions };
  const upstream = new OpenAiUpstream(openAiSettings({ apiKey: API_KEY, baseUrl: server.url, ...settings }), model);
  return await upstream.embed(texts, { signal, deadline: Infinity });
}

async function failureWith(behaviour: Behaviour, asked: Asked = {}): Promise<UpstreamError> {
  server.next(behaviour);
  const failure: unknown = await ask(asked).catch((error: unknown) => error);
  if (failure instanceof UpstreamError) return failure;
  throw new Error('it did not fail as an upstream does', { cause: failure });
}

describe('OpenAiUpstream', () => {
  it.each<{ how: string; behaviour: Behaviour }>([
    { how: 'as base64', behaviour: answersItems((items) => items) },
    { how: 'as arrays of numbers', behaviour: answersFloats },
    { how: 'shuffled', behaviour: answersItems((items) => [...items].reverse()) },
  ])('returns the vectors in the order of the texts when they come $how', async ({ behaviour }) => {
    server.next(behaviour);
    const { vectors, tokens } = await ask();
    expect(vectors).toEqual(TEXTS.map((text) => upstreamVector(text)));
    expect(tokens).toBe(upstreamTokens(TEXTS));
  });

  it('asks for base64, with the key as a bearer token, and for no dimensions unless they are set', async () => {
    await ask();
    const { path, headers, body } = server.requests.at(-1) ?? {};
    expect(path).toBe('/v1/embeddings');
    expect(headers).toMatchObject({ authorization: `Bearer ${API_KEY}` });
    expect(body).toEqual({ model: 'tiny', input: TEXTS, encoding_format: 'base64' });
  });

  it('asks for the dimensions that are set', async () => {
    await ask({ askedDimensions: UPSTREAM_DIMENSIONS });
    expect(server.requests.at(-1)?.body.dimensions).toBe(UPSTREAM_DIMENSIONS);
  });

  it('sends no credential without a key', async () => {
    await ask({ apiKey: undefined });
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('calls an upstream at an IPv6 address', async () => {
    const secondUpstream = await startFaultyUpstream('::1');
    const { vectors } = await ask({ baseUrl: secondUpstream.url });
    await secondUpstream.stop();
    expect(vectors).toHaveLength(TEXTS.length);
  });

  it.each<{ what: string; behaviour: Behaviour; outcome: string }>([
    { what: 'a rate limit', behaviour: rateLimits(), outcome: 'rate_limited' },
    { what: 'a used-up quota', behaviour: fails(429, { code: 'insufficient_quota' }), outcome: 'quota_exceeded' },
    { what: 'a wrong key', behaviour: fails(401), outcome: 'unauthorized' },
    { what: 'a key that may not', behaviour: fails(403), outcome: 'unauthorized' },
    { what: 'a bad input', behaviour: fails(400), outcome: 'invalid_input' },
    { what: 'an input that is too large', behaviour: fails(413), outcome: 'invalid_input' },
    { what: 'an unknown model', behaviour: fails(404), outcome: 'refused' },
    { what: 'dimensions that it does not have', behaviour: fails(400, { param: 'dimensions' }), outcome: 'refused' },
    { what: 'a redirect', behaviour: redirects('http://127.0.0.1:9/v1/embeddings'), outcome: 'refused' },
    { what: 'a status 500', behaviour: fails(500), outcome: 'server_error' },
    { what: 'a page of a proxy', behaviour: sendsText('<html>Bad gateway</html>', 'text/html', 502), outcome: 'server_error' },
    { what: 'a cut connection', behaviour: cutsConnection, outcome: 'connection_failed' },
    { what: 'a cut body', behaviour: cutsBody, outcome: 'connection_failed' },
    { what: 'a page instead of JSON', behaviour: sendsText('<html>Welcome</html>', 'text/html'), outcome: 'bad_reply' },
    { what: 'a page that says it is JSON', behaviour: sendsText('<html>', 'application/json'), outcome: 'bad_reply' },
    { what: 'an empty body', behaviour: sendsText('', 'application/json'), outcome: 'bad_reply' },
    { what: 'a missing vector', behaviour: answersItems((items) => items.slice(1)), outcome: 'bad_reply' },
    { what: 'a NaN', behaviour: answersVectors((vector) => [NaN, ...vector.slice(1)]), outcome: 'bad_reply' },
    { what: 'zeros', behaviour: answersVectors((vector) => vector.map(() => 0)), outcome: 'bad_reply' },
  ])('classifies $what as $outcome', async ({ behaviour, outcome }) => {
    expect((await failureWith(behaviour)).outcome).toBe(outcome);
  });

  it('classifies a refused connection', async () => {
    const gone = await startFaultyUpstream();
    await gone.stop();
    await expect(ask({ baseUrl: gone.url })).rejects.toMatchObject({
      outcome: 'connection_failed',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it.each<[what: string, headers: Readonly<Record<string, string>>, milliseconds: number | undefined]>([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['milliseconds', { 'retry-after': '7', 'retry-after-ms': '1500' }, 1500],
    ['nothing', {}, undefined],
  ])('keeps the requested pause in %s', async (_, headers, milliseconds) => {
    expect((await failureWith(rateLimits(headers))).retryAfterMs).toBe(milliseconds);
  });

  it('does not retry when the upstream says that a retry does not help', async () => {
    expect((await failureWith(fails(500))).isRetryable).toBe(true);
    expect((await failureWith(fails(500, {}, { 'x-should-retry': 'false' }))).isRetryable).toBe(false);
  });

  it.each<{ when: string; behaviour: Behaviour }>([
    { when: 'before the answer', behaviour: hangs },
    { when: 'in the middle of the answer', behaviour: hangsInBody },
  ])('ends the request when it is aborted $when, for the reason given', async ({ behaviour }) => {
    const controller = new AbortController();
    const reason = new UpstreamError('timeout', 'too late');
    const ended = new Promise((resolve) => {
      server.next((request, response) => {
        behaviour(request, response);
        response.once('close', resolve);
        controller.abort(reason);
      });
    });
    await expect(ask({ signal: controller.signal })).rejects.toBe(reason);
    await ended;
  });

  it('keeps only a complaint about the input of what the upstream wrote, without the key', async () => {
    const echo = { message: `Key ${API_KEY} says: the text\n"one" is bad`, code: API_KEY, type: API_KEY };
    for (const status of [400, 401, 404, 429, 500]) {
      const failure = await failureWith(fails(status, echo, { 'x-request-id': API_KEY }));
      expect(`${failure.stack} ${JSON.stringify(failure)}`).not.toContain(API_KEY);
      expect(failure.message).not.toContain('"one"');
      expect(failure.cause).toBeUndefined();
      expect(failure.complaint).toBe('Key *** says: the text "one" is bad');
    }
  });
});
