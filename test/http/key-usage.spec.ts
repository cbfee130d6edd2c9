import OpenAI from 'openai';
import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import { eventually } from '../support/eventually.js';
import { jobTexts } from '../support/jobs.js';
import { makeKey, type MadeKey } from '../support/make-key.js';
import { TestApp } from '../support/test-app.js';

const MODEL = 'fake-model';
const ADMIN_KEY = 'a-key-for-tests-only';
const search = makeKey('search');
const counted = makeKey('counted', { requests: '5' });
const operator = makeKey('operator', { role: 'admin' });

let app: TestApp;

describe('GET /stats', () => {
  beforeAll(async () => {
    const keys = [search, counted, operator].map(({ entry }) => entry);
    const settings = { API_KEYS: keys.join(','), ADMIN_KEY, RATE_LIMIT_REQUESTS: '30', RATE_LIMIT_WINDOW: '3600' };
    app = await TestApp.listen(settings, new FakeEmbeddingProvider({ maxTokens: 10 }));
  });

  afterAll(async () => {
    await app.close();
  });

  it('tells admins the use of each key, on every way to an answer', async () => {
    const startedAt = new Date().toISOString();
    await app.embed('tokens g', counted.headers); // ten tokens: a character has one, and there are two special ones
    await app.embed('tokens g', counted.headers); // a hit, answered by the shortcut
    await app.post('/v1/embeddings', { model: MODEL, input: ['tokens g', 'tokens h'] }, counted.headers);
    await app.embed('', counted.headers);
    await app.post('/jobs', { texts: ['one', 'two', 'three'] }, counted.headers);
    expect((await app.embed('one too many', counted.headers)).status).toBe(429);
    await app.get('/health', counted.headers);

    const { keys } = await app.stats(operator.headers);
    const used = { requests: 6, refused: 1, texts: 4, tokens: 40, job_texts: 3 };
    expect(keys?.find(({ name }) => name === 'counted')).toEqual({
      name: 'counted',
      role: 'client',
      ...used,
      enqueued: { jobs: expect.any(Number), texts: expect.any(Number) },
      days: [{ day: startedAt.slice(0, 10), ...used }],
      last_used_at: expect.stringMatching(/Z$/),
    });
    expect(keys?.[1]?.last_used_at?.localeCompare(startedAt)).toBeGreaterThanOrEqual(0);
    expect(keys?.map(({ name }) => name)).toEqual(['search', 'counted', 'operator', 'ADMIN_KEY']);
    expect((await app.stats({ 'x-api-key': ADMIN_KEY })).keys).toHaveLength(4);
  });

  it('counts the texts of a batch for the key that made it', async () => {
    const client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: operator.secret, maxRetries: 0 });
    const line = { custom_id: 'one', method: 'POST', url: '/v1/embeddings', body: { model: MODEL, input: ['a', 'b'] } };
    const file = await client.files.create({ file: new File([JSON.stringify(line)], 'in.jsonl'), purpose: 'batch' });
    await client.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' });
    const use = await eventually('the batch being counted', async () => {
      const { keys } = await app.stats(operator.headers);
      return keys?.find(({ name, job_texts: texts }) => name === 'operator' && texts > 0);
    });
    expect(use.job_texts).toBe(2);
  });

  it('hides it from all other keys', async () => {
    const stats = await app.stats(search.headers);
    expect([stats.model, 'keys' in stats]).toEqual([MODEL, false]);
  });
});

describe("A key's share of the queue", () => {
  it('refuses a job past the share of its key, and accepts jobs of other keys', async () => {
    const [modest, large] = [makeKey('modest', { jobs: '1', jobTexts: '2000' }), makeKey('large')];
    app = await TestApp.start({ API_KEYS: `${modest.entry},${large.entry}`, ADMIN_KEY, RATE_LIMIT_REQUESTS: '0' });
    const texts = jobTexts(2001, 'share');
    app.provider.hold(texts[0] ?? '');
    const submit = async (count: number, { headers }: MadeKey) =>
      await app.post<{ id: string; message: string }>('/jobs', { texts: texts.slice(0, count) }, headers);

    expect(await submit(2001, modest)).toMatchObject({ status: 413, body: { message: expect.stringContaining('2001 texts') } });
    const { status, body } = await submit(2000, modest);
    expect(status).toBe(202);
    const refused = await submit(1, modest);
    expect(refused).toMatchObject({ status: 429, body: { message: expect.stringContaining('1 jobs') } });
    expect(refused.headers.get('retry-after')).toBe('10');
    expect((await submit(1, large)).status).toBe(202);
    const { keys } = await app.stats({ 'x-api-key': ADMIN_KEY });
    expect(keys?.find(({ name }) => name === 'modest')?.enqueued.jobs).toBe(1);
    await app.send({ method: 'DELETE', path: `/jobs/${body.id}`, headers: modest.headers });
    expect((await submit(1, modest)).status).toBe(202);
    await app.close();
  });
});
