import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import { Prompts } from '../../src/embedding/prompts.js';
import type { EmbedBody } from '../support/embed.js';
import type { JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';

const ADMIN_KEY = 'an-admin-key-of-tests';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

const PROMPTS = new Prompts({ query: 'q:', code: 'c:' }, undefined);
const first = new FakeEmbeddingProvider({ model: 'first' });
const second = new FakeEmbeddingProvider({ model: 'hub/second', dimensions: 6, maxTokens: 20, prompts: PROMPTS });

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.listen({ RATE_LIMIT_REQUESTS: '0', ADMIN_KEY, MODEL_ALIASES: 'new=hub/second' }, first, second);
});

afterAll(async () => {
  await app.close();
});

beforeEach(async () => {
  await app.post('/cache/invalidate', { all: true }, ADMIN);
  for (const { calls } of [first, second]) calls.length = 0;
});

/** A request of each dialect for one text, by its path. */
const REQUESTS: readonly (readonly [path: string, body: object])[] = [
  ['/embed', { text: 'hello' }],
  ['/embed/batch', { texts: ['hello'] }],
  ['/v1/embeddings', { input: 'hello' }],
  ['/', { inputs: 'hello' }],
  ['/embed', { inputs: 'hello' }],
  ['/api/embed', { input: 'hello' }],
  ['/api/embeddings', { prompt: 'hello' }],
  ['/v2/embed', { texts: ['hello'] }],
  ['/v1/embed', { texts: ['hello'] }],
];

describe.each(REQUESTS)('POST %s with %j', (path, body) => {
  const ask = async (model: string | undefined, headers = {}): Promise<JsonAnswer<unknown>> =>
    await app.post(path, { ...body, ...(model !== undefined && { model }) }, headers);
  const spaceOf = ({ headers }: JsonAnswer<unknown>): string | null => headers.get('x-embedding-space');

  it('answers with the model that it names, by its name or an alias, computed or cached', async () => {
    const expected = second.space.fingerprint;
    for (const name of ['hub/second', 'new', 'second', 'hub/second']) expect(spaceOf(await ask(name))).toBe(expected);
    expect([first.calls, second.calls]).toEqual([[], [['hello']]]);
    expect((await ask('new')).headers.get('x-cache')).toBe('hit');
  });

  it('answers with the first model if it names none', async () => {
    const needsName = path === '/v1/embeddings'; // as at OpenAI
    expect(spaceOf(await ask(needsName ? 'first' : undefined))).toBe(first.space.fingerprint);
    expect(second.calls).toEqual([]);
  });

  it('refuses a model that is not there with 404, and names those that are', async () => {
    const { status, body: error } = await ask('third');
    expect([status, JSON.stringify(error)]).toEqual([404, expect.stringContaining('this service has `first`, `hub/second`, `new`')]);
  });

  it('checks the required space against that of the model', async () => {
    const required = { 'x-require-embedding-space': second.space.fingerprint };
    expect([(await ask('second', required)).status, (await ask('first', required)).status]).toEqual([200, 409]);
  });
});

it('has the sizes and the prompts of each model', async () => {
  const ask = async (more: object): Promise<number> => (await app.post('/embed', { text: 'a', ...more })).status;
  expect(await ask({ model: 'new', dimensions: 6, input_type: 'code' })).toBe(200);
  expect(await ask({ model: 'first', dimensions: 6 })).toBe(400);
  expect(await ask({ input_type: 'code' })).toBe(400);
});

it('lists all models, the default first', async () => {
  const { body } = await app.get<{ data: readonly object[] }>('/v1/models');
  expect(body.data).toMatchObject([
    { id: 'first', root: 'first', dimensions: 4, max_tokens: 8, prompts: {}, state: 'loaded', space: first.space.fingerprint },
    { id: 'hub/second', root: 'hub/second', dimensions: 6, max_tokens: 20, prompts: PROMPTS.texts, provider: 'fake' },
    { id: 'new', root: 'hub/second', space: second.space.fingerprint },
  ]);
  expect((await app.get<object>('/v1/models/hub/second')).body).toMatchObject({ id: 'hub/second', dimensions: 6 });
  const tags = await app.get<{ models: readonly object[] }>('/api/tags');
  expect(tags.body.models).toMatchObject([{ name: 'first' }, { name: 'hub/second', details: { embedding_length: 6 } }, { name: 'new' }]);
  expect((await app.get('/info')).body).toMatchObject({ model_id: 'first' });
  expect((await app.get('/info?model=new')).body).toMatchObject({ model_id: 'hub/second', max_input_length: 20 });
});

it('counts requests and texts by model, also those that fail', async () => {
  const metrics = async (): Promise<readonly number[]> =>
    await Promise.all([
      app.metric('embedding_requests_total', { model: 'hub/second', status: 'success' }),
      app.metric('embedding_requests_total', { model: 'hub/second', status: 'error' }),
      app.metric('embedding_requests_total', { model: 'first', status: 'error' }),
      app.metric('embedding_latency_seconds_count', { model: 'hub/second' }),
      app.metric('embedding_texts_total', { model: 'hub/second', cached: 'true' }),
      app.metric('embedding_texts_total', { model: 'hub/second', cached: 'false' }),
    ]);
  const before = await metrics();
  for (const text of ['a', 'a', 'b']) await app.post('/embed', { text, model: 'new' });
  await app.post('/embed', { text: 'a', model: 'new', dimensions: 5 });
  await app.post('/embed', { text: 'a', model: 'unknown' });
  expect((await metrics()).map((figure, index) => figure - (before[index] ?? 0))).toEqual([3, 1, 1, 4, 1, 2]);
});

it('has the figures of each model, and the sums of all', async () => {
  const stats = await app.stats();
  const hits = stats.models.map(({ cache }) => cache.hits);
  expect(stats).toMatchObject({
    model: 'first',
    embedding_dim: 4,
    cache: { hits: (hits[0] ?? 0) + (hits[1] ?? 0) },
    models: [{ model: 'first' }, { model: 'hub/second', embedding_dim: 6, state: 'loaded', queue: { waiting: 0 } }],
  });
});

it('is ready when the default works, and tells of the others', async () => {
  const { status, body } = await app.get<{ details: object }>('/health/ready');
  expect([status, body.details]).toMatchObject([200, { inference: { status: 'up', models: { first: 'loaded', 'hub/second': 'loaded' } } }]);
});

describe('POST /cache/invalidate', () => {
  const embed = async (model: string): Promise<boolean> => (await app.post<EmbedBody>('/embed', { text: 'a', model })).body.cached;
  const invalidate = async (body: object): Promise<unknown> => (await app.post('/cache/invalidate', body, ADMIN)).body;

  beforeEach(async () => {
    for (const model of ['first', 'second']) await embed(model);
  });

  it('removes the texts of the model that it names, or of the default', async () => {
    expect(await invalidate({ texts: ['a'] })).toEqual({ removed: 1 });
    expect(await embed('second')).toBe(true);
    expect(await invalidate({ texts: ['a'], model: 'new' })).toEqual({ removed: 1 });
    expect(await embed('second')).toBe(false);
  });

  it('removes all vectors of the model that it names, or of all models', async () => {
    expect(await invalidate({ all: true, model: 'new' })).toEqual({ removed: 1 });
    expect([await embed('first'), await embed('second')]).toEqual([true, false]);
    expect(await invalidate({ all: true })).toEqual({ removed: 2 });
  });

  it('refuses a model that is not there', async () => {
    expect((await app.post('/cache/invalidate', { all: true, model: 'third' }, ADMIN)).status).toBe(404);
  });
});
