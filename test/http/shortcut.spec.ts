import { connect } from 'node:net';
import type { JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';

const model = 'fake-model';

let app: TestApp;

async function startHere(): Promise<void> {
  app = await TestApp.listen({ RATE_LIMIT_REQUESTS: '1000' });
}

async function closeHere(): Promise<void> {
  await app.close();
}

/** The headers of an answer. Those that differ between calls are compared only by name. */
function headerNames({ headers }: JsonAnswer<unknown>): readonly string[] {
  return [...headers.keys()].toSorted();
}

/** A header that only the controller handles, so that it answers instead of the shortcut. */
async function byController(ask: (headers: Record<string, string>) => Promise<JsonAnswer<unknown>>): Promise<JsonAnswer<unknown>> {
  const { headers } = await app.embed('what is the space?');
  return await ask({ 'x-require-embedding-space': headers.get('x-embedding-space') ?? '' });
}

async function askOpenAi(input: unknown, format: string, headers: Record<string, string> = {}): Promise<JsonAnswer<unknown>> {
  return await app.post('/v1/embeddings', { input, model, encoding_format: format }, headers);
}

function expectSameAnswer(left: JsonAnswer<unknown>, right: JsonAnswer<unknown>): void {
  expect(left.body).toEqual(right.body);
  expect(headerNames(left)).toEqual(headerNames(right));
  for (const name of ['x-cache', 'cache-control', 'content-type', 'x-embedding-space']) {
    expect(left.headers.get(name)).toBe(right.headers.get(name));
  }
}

const TEXTS = [
  ['a short text', 'hello'],
  ['characters of many scripts', 'ärger 漢字 😀'],
  ['a text that is cut', 'word '.repeat(900)],
] as const;

describe('a plain request that is answered before the controller', () => {
  beforeAll(startHere);
  afterAll(closeHere);

  it.each(TEXTS)('gets the answer of the controller to %s, as a miss and as a hit', async (_, text) => {
    const missed = await app.embed(text);
    const stored = await byController((headers) => app.embed(text, headers));
    expect(missed.body).toEqual({ ...(stored.body as object), cached: false });
    expectSameAnswer(await app.embed(text), stored);
  });

  it.each([
    ['a string, as base64', 'a string', 'base64'],
    ['an array of one, as base64', ['an array of one'], 'base64'],
    ['a string, as numbers', 'a string once more', 'float'],
  ])("gets the controller's answer in OpenAI's shape to %s", async (_, input, format) => {
    const missed = await askOpenAi(input, format);
    const stored = await byController((headers) => askOpenAi(input, format, headers));
    expect(missed.body).toEqual(stored.body);
    expect([missed, stored].map(({ headers }) => headers.get('x-cache'))).toEqual(['miss', 'hit']);
    expectSameAnswer(await askOpenAi(input, format), stored);
  });

  it('counts like any other', async () => {
    await app.embed('counted');
    const requests = async (): Promise<number> => await app.metric('embedding_requests_total', { status: 'success', cached: 'true' });
    const before = await requests();
    await app.embed('counted');
    await askOpenAi('counted', 'base64');
    await byController((headers) => app.embed('counted', headers));
    expect(await requests()).toBe(before + 4); // byController first reads the space with a request for a stored text
  });

  it('is refused like in the controller when it is invalid, although the text is stored', async () => {
    await app.embed('stored');
    const { status, body } = await app.post('/embed', { text: 'stored', extra: 1 });
    expect([status, body]).toMatchObject([400, { code: 'invalid_request', details: [{ field: 'extra' }] }]);
    const unknownModel = await app.post('/v1/embeddings', { input: 'stored', model: 'no-such-model' });
    expect([unknownModel.status, unknownModel.body]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
  });
});

describe('a hit', () => {
  beforeAll(startHere);
  afterAll(closeHere);

  it('counts once against the limit, in the metrics and in the log, like a miss', async () => {
    const counted = async (): Promise<number> =>
      await app.metric('http_requests_total', { method: 'POST', route: '/embed', status: '200' });
    const before = await counted();
    const answers = [await app.embed('counted once'), await app.embed('counted once'), await app.embed('counted once')];
    const remaining = answers.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')));
    expect(answers.map(({ headers }) => headers.get('x-cache'))).toEqual(['miss', 'hit', 'hit']);
    expect(remaining).toEqual([remaining[0], (remaining[0] ?? 0) - 1, (remaining[0] ?? 0) - 2]);
    expect(await counted()).toBe(before + 3);
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    expect(app.log.requests.map(({ requestId }) => requestId).filter((id) => ids.includes(id))).toEqual(ids);
  });

  it('keeps the id that its request came with', async () => {
    await app.embed('with an id');
    const { headers } = await app.embed('with an id', { 'x-request-id': 'mine-1' });
    expect([headers.get('x-cache'), headers.get('x-request-id')]).toEqual(['hit', 'mine-1']);
  });

  it.each([
    ['in one packet with others, misses among them', 1],
    ['in packets that end anywhere', 37],
  ])('is answered in the order of requests that come %s', async (_, packets) => {
    const texts = ['pipelined', 'not seen before', 'pipelined', 'nor this', 'pipelined'].map((text) => `${text}, ${packets}`);
    await app.embed(texts[0] ?? '');
    const answers = await pipelined(texts, packets);
    const alone = await Promise.all(texts.map(async (text) => (await app.embed(text)).body.embedding));
    expect(answers).toEqual(alone);
  });
});

describe('behind a trusted proxy', () => {
  afterEach(closeHere);

  /** Fastify reads both; the listener before Fastify only reads the first spelling. */
  const BY_LISTENER = 'application/json';
  const BY_FASTIFY = 'application/json;charset=utf-8';
  const LIMIT = 3;

  /** The statuses, headers and bodies of hits for this client, until it is over its limit. */
  async function hitsOf(client: string, contentType: string): Promise<readonly object[]> {
    const answers: object[] = [];
    for (let call = 0; call <= LIMIT; call++) {
      const headers = { 'content-type': contentType, 'x-forwarded-for': client, 'x-request-id': `call-${call}` };
      const { status, headers: received, body } = await app.post<object>('/embed', { text: 'stored' }, headers);
      const timed = new Set(['date', 'server-timing', 'x-ratelimit-reset', 'retry-after']);
      const names = [...received.keys()].toSorted();
      const values = names.filter((name) => !timed.has(name)).map((name) => received.get(name));
      answers.push({ status, names, values, body: 'embedding' in body ? body : Object.keys(body) });
    }
    return answers;
  }

  it.each(['1', 'loopback'])(
    'answers, limits and counts by the same address before Fastify as in it, with TRUST_PROXY=%s',
    async (trusted) => {
      app = await TestApp.listen({ TRUST_PROXY: trusted, RATE_LIMIT_REQUESTS: `${LIMIT}`, RATE_LIMIT_WINDOW: '3600' });
      await app.embed('stored', { 'x-forwarded-for': '203.0.113.250' });
      const byListener = await hitsOf('203.0.113.1, 198.51.100.1', BY_LISTENER);
      const byFastify = await hitsOf('203.0.113.1, 198.51.100.2', BY_FASTIFY);
      expect(byListener.map((answer) => 'status' in answer && answer.status)).toEqual([200, 200, 200, 429]);
      expect(byListener).toEqual(byFastify);
      const mixed = await Promise.all([BY_LISTENER, BY_FASTIFY].map(async (type) => await hitsOf('198.51.100.3', type)));
      const passed = mixed.flat().filter((answer) => 'status' in answer && answer.status === 200);
      expect(passed).toHaveLength(LIMIT); // one address has one limit on both ways
    },
  );
});

/** The answers on one connection when all requests are sent before the first answer is read. */
async function pipelined(texts: readonly string[], packets: number): Promise<readonly unknown[]> {
  const sent = Buffer.from(texts.map((text, index) => request(text, index === texts.length - 1)).join(''));
  const size = Math.ceil(sent.length / packets);
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1').setNoDelay();
  for (let from = 0; from < sent.length; from += size) {
    await new Promise<void>((resolve) => socket.write(sent.subarray(from, from + size), () => resolve()));
  }
  const received: Buffer[] = [];
  for await (const part of socket) received.push(part as Buffer);
  const bodies = Buffer.concat(received)
    .toString()
    .split(/HTTP\/1\.1 200 OK\r\n/)
    .slice(1);
  return bodies.map((answer) => (JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { embedding: unknown }).embedding);
}

function request(text: string, isLast: boolean): string {
  const body = JSON.stringify({ text });
  const head = ['POST /embed HTTP/1.1', 'Host: a', 'Content-Type: application/json', `Content-Length: ${body.length}`];
  return [...head, ...(isLast ? ['Connection: close'] : []), '', body].join('\r\n');
}
