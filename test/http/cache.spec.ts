import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import type { ErrorBody } from '../support/embed.js';
import { eventually } from '../support/eventually.js';
import type { JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';
import { vectorBits } from '../support/vector-bits.js';

const ADMIN_KEY = 'a-key-for-tests-only';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0', ADMIN_KEY }, new FakeEmbeddingProvider({ maxTokens: 1000 }));
});

afterAll(async () => {
  await app.close();
});

/** The facts of an answer about the cache: the header and the body. */
function cacheUse({ headers, body }: JsonAnswer<{ readonly cached?: boolean; readonly cached_count?: number }>): readonly unknown[] {
  return [headers.get('x-cache'), body.cached ?? body.cached_count];
}

describe('the cache', () => {
  it('hits from the second request on, alone and in a batch', async () => {
    expect(cacheUse(await app.embed('twice'))).toEqual(['miss', false]);
    expect(cacheUse(await app.embed('twice'))).toEqual(['hit', true]);
    expect(cacheUse(await app.embedBatch(['twice']))).toEqual(['hit', 1]);
  });

  it('hits for some texts of a batch and misses for others', async () => {
    expect(cacheUse(await app.embedBatch(['red', 'green']))).toEqual(['miss', 0]);
    const partial = await app.embedBatch(['blue', 'green', 'red', 'yellow']);
    expect(cacheUse(partial)).toEqual(['partial', 2]);
    expect(partial.headers.get('x-cached-texts')).toBe('1,2');
    expect(cacheUse(await app.embedBatch(['yellow', 'blue', 'green', 'red']))).toEqual(['hit', 4]);
  });

  it('separates texts that differ in a blank, in case, or in Unicode composition', async () => {
    const texts = ['cafe\u0301', 'caf\u00e9', 'Caf\u00e9', ' caf\u00e9', 'caf\u00e9 '];
    for (const text of texts) expect(cacheUse(await app.embed(text))).toEqual(['miss', false]);
  });

  it('keeps the order of a batch when some of its texts are stored', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `number ${index} `.repeat(1 + ((index * 7) % 40)));
    await app.embedBatch(texts.filter((_, index) => index % 3 === 0));
    const { body } = await app.embedBatch(texts);

    const alone = await Promise.all(texts.map(async (text) => (await app.embed(text)).body.embedding));
    expect(body.embeddings.map(vectorBits)).toEqual(alone.map(vectorBits));
  });

  it('computes a repeated text of a batch once', async () => {
    const before = (await app.stats()).queue.completed;
    const { body } = await app.embedBatch(['once', 'other', 'once', 'once', 'other']);

    expect((await app.stats()).queue.completed).toBe(before + 2);
    expect(body).toMatchObject({ count: 5, cached_count: 0 });
    expect(new Set(body.embeddings.map(vectorBits)).size).toBe(2);
  });

  it('computes a text once for many callers at the same time', async () => {
    const before = (await app.stats()).queue.completed;
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.embed('asked for at once '.repeat(100))));

    expect((await app.stats()).queue.completed).toBe(before + 1);
    expect(new Set(answers.map(({ body }) => vectorBits(body.embedding))).size).toBe(1);
  });

  it('is not read with Cache-Control: no-cache, but is written', async () => {
    const noCache = { 'cache-control': 'no-cache' };
    expect(cacheUse(await app.embed('once more', noCache))).toEqual(['miss', false]);
    expect(cacheUse(await app.embed('once more'))).toEqual(['hit', true]);
    const before = (await app.stats()).queue.completed;
    expect(cacheUse(await app.embed('once more', noCache))).toEqual(['miss', false]);
    expect((await app.stats()).queue.completed).toBe(before + 1);
  });

  it('is not written with Cache-Control: no-store', async () => {
    const noStore = { 'cache-control': 'no-store' };
    const { entries } = (await app.stats()).cache;
    expect(cacheUse(await app.embed('secret', noStore))).toEqual(['miss', false]);
    expect(cacheUse(await app.embedBatch(['secret', 'secret too'], noStore))).toEqual(['miss', 0]);
    expect((await app.stats()).cache.entries).toBe(entries);
    expect(cacheUse(await app.embed('secret'))).toEqual(['miss', false]);
  });
});

describe('/cache/invalidate', () => {
  async function invalidate<Body = { removed: number }>(
    body: unknown,
    headers: Readonly<Record<string, string>> = ADMIN,
  ): Promise<JsonAnswer<Body>> {
    return await app.post<Body>('/cache/invalidate', body, headers);
  }

  it('deletes the given texts', async () => {
    await app.embedBatch(['forget me', 'keep me', 'me too']);
    const { status, body } = await invalidate({ texts: ['forget me', 'never seen', 'me too', 'me too'] });

    expect([status, body]).toEqual([200, { removed: 2 }]);
    expect(cacheUse(await app.embedBatch(['forget me', 'keep me', 'me too']))).toEqual(['partial', 1]);
  });

  it('deletes everything', async () => {
    await app.embedBatch(['one', 'two']);
    const { entries } = (await app.stats()).cache;

    expect((await invalidate({ all: true }, { 'x-api-key': ADMIN_KEY })).body).toEqual({ removed: entries });
    expect((await app.stats()).cache.entries).toBe(0);
    expect(cacheUse(await app.embedBatch(['one', 'two']))).toEqual(['miss', 0]);
  });

  it.each<Readonly<Record<string, string>>>([
    {},
    { authorization: 'Bearer wrong' },
    { authorization: ADMIN_KEY },
    { 'x-api-key': `${ADMIN_KEY} x` },
    { 'x-api-key': '' },
  ])('refuses the headers %j with any body', async (headers) => {
    for (const sent of [{ all: true }, { wrong: 1 }]) {
      const { status, body } = await invalidate<ErrorBody>(sent, headers);
      expect([status, body.code, body.statusCode]).toEqual([401, 'unauthorized', 401]);
    }
  });

  it.each([
    { sent: {}, fields: ['texts'] },
    { sent: { texts: [] }, fields: ['texts'] },
    { sent: { texts: 'a' }, fields: ['texts'] },
    { sent: { texts: ['a', 1, ''] }, fields: ['texts[1]', 'texts[2]'] },
    { sent: { texts: Array.from({ length: 10_001 }, () => 'a') }, fields: ['texts'] },
    { sent: { all: false }, fields: ['all'] },
    { sent: { all: 'true' }, fields: ['all'] },
    { sent: { all: null }, fields: ['all'] },
    { sent: { all: true, texts: ['a'] }, fields: ['all'] },
    { sent: { all: true, force: true }, fields: ['force'] },
    { sent: [], fields: ['body'] },
  ])('refuses an invalid body: $fields', async ({ sent, fields }) => {
    const { status, body } = await invalidate<ErrorBody>(sent);

    expect(status).toBe(400);
    expect(body.details?.map(({ field }) => field)).toEqual(fields);
  });
});

describe('with other settings', () => {
  let otherApp: TestApp;

  afterEach(async () => {
    await otherApp.close();
  });

  it('the cache forgets a text after CACHE_TTL', async () => {
    otherApp = await TestApp.start({ RATE_LIMIT_REQUESTS: '0', CACHE_TTL: '1' });
    await otherApp.embed('short-lived');
    const forgotten = await eventually(
      'a text that is not cached',
      async () => {
        const answer = await otherApp.embed('short-lived');
        return !answer.body.cached && answer;
      },
      10_000,
    );
    expect(cacheUse(forgotten)).toEqual(['miss', false]);
  });

  it('/cache/invalidate refuses everybody if ADMIN_KEY is not set', async () => {
    otherApp = await TestApp.start();
    const { status, body } = await otherApp.post<ErrorBody>('/cache/invalidate', { all: true }, { authorization: 'Bearer undefined' });
    expect([status, body.code]).toEqual([401, 'unauthorized']);
  });
});
