import { TestApp } from '../support/test-app.js';

/** On a socket, where the listener before Fastify answers hits. */
let app: TestApp;

beforeAll(async () => {
  app = await TestApp.listen({ RATE_LIMIT_REQUESTS: '0' });
});

afterAll(async () => {
  await app.close();
});

describe('a hit over a socket is answered from memory', () => {
  it.each([
    ['/embed', { text: 'a hit' }],
    ['/v1/embeddings', { model: 'fake-model', input: ['a hit'] }],
    ['/', { inputs: 'a hit' }],
    ['/embed', { inputs: ['a hit'], truncate: true }],
    ['/api/embed', { model: 'fake-model', input: ['a hit'] }],
    ['/api/embeddings', { model: 'fake-model', prompt: 'a hit' }],
    ['/v2/embed', { model: 'fake-model', texts: ['a hit'], input_type: 'search_query', embedding_types: ['float'] }],
    ['/v1/embed', { texts: ['a hit'] }],
  ])('at POST %s, for %j', async (path, body) => {
    await app.embed('a hit');
    const callsBefore = app.provider.calls.length;
    const { status, headers } = await app.post(path, body);
    expect([status, headers.get('x-cache'), headers.get('server-timing')]).toEqual([200, 'hit', expect.stringContaining('total')]);
    expect(headers.get('connection')).toBe('keep-alive');
    expect(app.provider.calls).toHaveLength(callsBefore);
  });
});
