import { embed, embedBatch, type ErrorBody } from './support/embed.js';
import { type JsonAnswer, postJson } from './support/post-json.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';
import { readStats } from './support/read-stats.js';

jest.setTimeout(60_000);

const ADMIN_KEY = 'a-key-for-tests-only';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0', ADMIN_KEY });
});

/** The facts of an answer about the cache: the header and the body. */
function cacheUse({ headers, body }: JsonAnswer<{ readonly cached?: boolean; readonly cached_count?: number }>): readonly unknown[] {
  return [headers.get('x-cache'), body.cached ?? body.cached_count];
}

describe('the cache', () => {
  it('hits from the second request on, alone and in a batch', async () => {
    expect(cacheUse(await embed(service.url, 'twice'))).toEqual(['miss', false]);
    expect(cacheUse(await embed(service.url, 'twice'))).toEqual(['hit', true]);
    expect(cacheUse(await embedBatch(service.url, ['twice']))).toEqual(['hit', 1]);
  });

  it('hits for some texts of a batch and misses for others', async () => {
    expect(cacheUse(await embedBatch(service.url, ['red', 'green']))).toEqual(['miss', 0]);
    const partial = await embedBatch(service.url, ['blue', 'green', 'red', 'yellow']);
    expect(cacheUse(partial)).toEqual(['partial', 2]);
    expect(partial.headers.get('x-cached-texts')).toBe('1,2');
    expect(cacheUse(await embedBatch(service.url, ['yellow', 'blue', 'green', 'red']))).toEqual(['hit', 4]);
  });

  it('separates texts that differ in a blank, in case, or in Unicode composition', async () => {
    const texts = ['cafe\u0301', 'caf\u00e9', 'Caf\u00e9', ' caf\u00e9', 'caf\u00e9 '];
    for (const text of texts) expect(cacheUse(await embed(service.url, text))).toEqual(['miss', false]);
  });

  it('keeps the order of a batch when some of its texts are stored', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `number ${index} `.repeat(1 + ((index * 7) % 40)));
    await embedBatch(
      service.url,
      texts.filter((_, index) => index % 3 === 0),
    );
    const { body } = await embedBatch(service.url, texts);

    const alone = await Promise.all(texts.map(async (text) => (await embed(service.url, text)).body.embedding));
    expect(body.embeddings.map(vectorBits)).toEqual(alone.map(vectorBits));
  });

  it('computes a repeated text of a batch once', async () => {
    const before = (await readStats(service.url)).queue.completed;
    const { body } = await embedBatch(service.url, ['once', 'other', 'once', 'once', 'other']);

    expect((await readStats(service.url)).queue.completed).toBe(before + 2);
    expect(body).toMatchObject({ count: 5, cached_count: 0 });
    expect(new Set(body.embeddings.map(vectorBits)).size).toBe(2);
  });

  it('computes a text once for many callers at the same time', async () => {
    const before = (await readStats(service.url)).queue.completed;
    const answers = await Promise.all(Array.from({ length: 20 }, () => embed(service.url, 'asked for at once '.repeat(100))));

    expect((await readStats(service.url)).queue.completed).toBe(before + 1);
    expect(new Set(answers.map(({ body }) => vectorBits(body.embedding))).size).toBe(1);
  });

  it('is not read with Cache-Control: no-cache, but is written', async () => {
    const noCache = { 'cache-control': 'no-cache' };
    expect(cacheUse(await embed(service.url, 'anew', noCache))).toEqual(['miss', false]);
    expect(cacheUse(await embed(service.url, 'anew'))).toEqual(['hit', true]);
    const before = (await readStats(service.url)).queue.completed;
    expect(cacheUse(await embed(service.url, 'anew', noCache))).toEqual(['miss', false]);
    expect((await readStats(service.url)).queue.completed).toBe(before + 1);
  });

  it('is not written with Cache-Control: no-store', async () => {
    const noStore = { 'cache-control': 'no-store' };
    const { entries } = (await readStats(service.url)).cache;
    expect(cacheUse(await embed(service.url, 'secret', noStore))).toEqual(['miss', false]);
    expect(cacheUse(await embedBatch(service.url, ['secret', 'secret too'], noStore))).toEqual(['miss', 0]);
    expect((await readStats(service.url)).cache.entries).toBe(entries);
    expect(cacheUse(await embed(service.url, 'secret'))).toEqual(['miss', false]);
  });

  it('forgets a text after CACHE_TTL', async () => {
    const { url } = await startService({ RATE_LIMIT_REQUESTS: '0', CACHE_TTL: '1' });
    await embed(url, 'short-lived');
    const until = performance.now() + 10_000;
    let cached = true;
    while (cached && performance.now() < until) cached = (await embed(url, 'short-lived')).body.cached;

    expect(cached).toBe(false);
  });
});

describe('/cache/invalidate', () => {
  async function invalidate<Body = { removed: number }>(
    body: unknown,
    headers: Readonly<Record<string, string>> = ADMIN,
  ): Promise<JsonAnswer<Body>> {
    return await postJson<Body>(`${service.url}/cache/invalidate`, body, headers);
  }

  it('deletes the given texts', async () => {
    await embedBatch(service.url, ['forget me', 'keep me', 'me too']);
    const { status, body } = await invalidate({ texts: ['forget me', 'never seen', 'me too', 'me too'] });

    expect([status, body]).toEqual([200, { removed: 2 }]);
    expect(cacheUse(await embedBatch(service.url, ['forget me', 'keep me', 'me too']))).toEqual(['partial', 1]);
  });

  it('deletes everything', async () => {
    await embedBatch(service.url, ['one', 'two']);
    const { entries } = (await readStats(service.url)).cache;

    expect((await invalidate({ all: true }, { 'x-api-key': ADMIN_KEY })).body).toEqual({ removed: entries });
    expect((await readStats(service.url)).cache.entries).toBe(0);
    expect(cacheUse(await embedBatch(service.url, ['one', 'two']))).toEqual(['miss', 0]);
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

  it('refuses everybody if ADMIN_KEY is not set', async () => {
    const { url } = await startService();
    const { status, body } = await postJson<ErrorBody>(`${url}/cache/invalidate`, { all: true }, { authorization: 'Bearer undefined' });
    expect([status, body.code]).toEqual([401, 'unauthorized']);
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
