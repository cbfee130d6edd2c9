import { makeKey } from '../support/make-key.js';
import { TestApp } from '../support/test-app.js';

const ADMIN_KEY = 'an-admin-key-for-tests';
const keys = { search: makeKey('search'), shop: makeKey('shop') };

async function start(scope: string): Promise<TestApp> {
  const entries = Object.values(keys).map(({ entry }) => entry);
  return await TestApp.listen({ RATE_LIMIT_REQUESTS: '0', API_KEYS: entries.join(','), ADMIN_KEY, CACHE_SCOPE: scope });
}

describe.each([
  { scope: 'shared', foreign: 'hit' },
  { scope: 'key', foreign: 'miss' },
])('with CACHE_SCOPE=$scope', ({ scope, foreign }) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await start(scope);
  });

  afterAll(async () => {
    await app.close();
  });

  async function cacheHeader(name: keyof typeof keys, text: string): Promise<string | null> {
    return (await app.embed(text, keys[name].headers)).headers.get('x-cache');
  }

  it(`a text that another key has embedded is a ${foreign}, and a hit for its own key`, async () => {
    expect([await cacheHeader('search', 'a'), await cacheHeader('search', 'a'), await cacheHeader('shop', 'a')]).toEqual([
      'miss',
      'hit',
      foreign,
    ]);
  });

  it('batches and OpenAI requests behave alike', async () => {
    await app.embedBatch(['b', 'c'], keys.search.headers);
    const input = ['b', 'c', 'd'];
    const answer = await app.post('/v1/embeddings', { model: app.provider.space.model, input }, keys.shop.headers);
    expect([answer.headers.get('x-cache'), answer.headers.get('x-cached-texts')]).toEqual(
      foreign === 'hit' ? ['partial', '0,1'] : ['miss', null],
    );
  });

  it('another key joins a running computation only if they share', async () => {
    app.provider.hold('e');
    const answers = Promise.all([app.embed('e', keys.search.headers), app.embed('e', keys.shop.headers)]);
    await app.embed('x', keys.shop.headers); // both have arrived before it
    app.provider.release('e');
    await answers;
    expect(app.provider.calls.filter(([text]) => text === 'e')).toHaveLength(foreign === 'hit' ? 1 : 2);
  });

  it('an admin deletes the text for every key', async () => {
    await cacheHeader('search', 'f');
    await cacheHeader('shop', 'f');
    const { body } = await app.post('/cache/invalidate', { texts: ['f'] }, { 'x-api-key': ADMIN_KEY });
    expect(body).toEqual({ removed: foreign === 'hit' ? 1 : 2 });
    expect([await cacheHeader('search', 'f'), await cacheHeader('shop', 'g')]).toEqual(['miss', 'miss']);
  });
});
