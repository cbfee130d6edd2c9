import type { ErrorBody } from '../support/embed.js';
import { TestApp } from '../support/test-app.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0' });
});

afterAll(async () => {
  await app.close();
});

describe('an answer', () => {
  it('repeats an X-Request-Id, and makes one if there is none or an invalid one', async () => {
    const idOf = async (id?: string) =>
      (await app.embed('a text', id === undefined ? {} : { 'x-request-id': id })).headers.get('x-request-id');

    expect(await idOf('order-7.b:1_2')).toBe('order-7.b:1_2');
    for (const id of [undefined, 'two words', '<b>', 'x'.repeat(129), 'a"b', '']) expect(await idOf(id)).toMatch(UUID);
  });

  it('to an invalid request has the sent X-Request-Id in its header and its body', async () => {
    const { headers, body } = await app.post<ErrorBody>('/embed', '{', { 'x-request-id': 'mine' });
    expect([headers.get('x-request-id'), body.requestId]).toEqual(['mine', 'mine']);
  });

  it('has headers against sniffing, framing and referrers in browsers', async () => {
    const { headers } = await app.embed('a text');
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
  });
});

describe('X-Require-Embedding-Space', () => {
  it('accepts the space of the service', async () => {
    const { space } = await app.stats();
    const { status, headers } = await app.embed('a text', { 'x-require-embedding-space': space });
    expect([status, headers.get('x-embedding-space')]).toEqual([200, space]);
  });

  it.each([
    { path: '/embed', body: { text: 'a text' } },
    { path: '/embed/batch', body: { texts: ['a text'] } },
  ])('refuses another space on $path, cached or not', async ({ path, body }) => {
    for (let asked = 0; asked < 2; asked++) {
      const answer = await app.post<ErrorBody>(path, body, { 'x-require-embedding-space': '0123456789abcdef' });
      expect([answer.status, answer.body.statusCode, answer.body.code]).toEqual([409, 409, 'conflict_space']);
      await app.embed('a text');
    }
  });
});

describe('an unknown path', () => {
  it.each([
    { method: 'GET', path: '/nothing' },
    { method: 'GET', path: '/embed' },
    { method: 'PUT', path: '/embed/batch' },
    { method: 'DELETE', path: '/embed' },
    { method: 'PATCH', path: '/stats' },
    { method: 'POST', path: '/embed/nothing' },
    { method: 'GET', path: '/docs/..%2f..%2fpackage.json' },
  ] as const)('is a 404 in the common shape of errors: $method $path', async ({ method, path }) => {
    const { status, headers, body } = await app.send<ErrorBody>({ method, path });
    expect(status).toBe(404);
    expect(body).toMatchObject({ statusCode: 404, error: 'Not Found', code: 'not_found', requestId: headers.get('x-request-id') });
    expect(headers.get('x-request-id')).toMatch(UUID);
  });

  it.each(['/%zz', '/embed/%', '/%c0%ae'])('that is malformed is a 400 in the common shape of errors: %s', async (path) => {
    const { status, headers, body } = await app.get<ErrorBody>(path);
    expect(status).toBe(400);
    expect(body).toMatchObject({ statusCode: 400, error: 'Bad Request', code: 'invalid_request', requestId: headers.get('x-request-id') });
    expect(headers.get('x-request-id')).toMatch(UUID);
  });

  it.each([
    '/jobs/..%2f..%2fetc%2fpasswd',
    '/jobs/%00',
    '/v1/models/..%2f..%2fpackage.json',
    '/assets/..%2f..%2fpackage.json',
    '/docs/..%2f..%2fpackage.json',
  ])('reveals no file: %s', async (path) => {
    const { status, body } = await app.get(path);
    expect([400, 403, 404]).toContain(status);
    expect(JSON.stringify(body)).not.toMatch(/dependencies|root:|\.js:\d/);
  });
});

describe('a body that names a prototype', () => {
  it.each(['{"text":"a","__proto__":{"polluted":1}}', '{"text":"a","constructor":{"prototype":{"polluted":1}}}'])(
    'is refused and changes no prototype: %s',
    async (body) => {
      const answer = await app.post<ErrorBody>('/embed', body);
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).not.toMatch(/ at .*\.js/);
      expect((await app.embed('a text')).body).not.toHaveProperty('polluted');
    },
  );
});

describe('/stats', () => {
  it('counts hits, misses and texts of this process', async () => {
    const before = await app.stats();
    await app.embedBatch(['stats one', 'stats two', 'stats two']);
    await app.embedBatch(['stats one', 'stats three']);
    const after = await app.stats();

    expect(after).toMatchObject({ model: 'fake-model', embedding_dim: 4, provider: 'fake' });
    expect(after.queue).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0, completed: before.queue.completed + 3 });
    expect(after.cache.entries).toBe(before.cache.entries + 3);
    expect(after.cache.hits).toBe(before.cache.hits + 1);
    expect(after.cache.misses).toBe(before.cache.misses + 4);
    expect(after.cache.hit_rate).toBeCloseTo(after.cache.hits / (after.cache.hits + after.cache.misses));
    expect(after.cache.memory_bytes).toBeGreaterThanOrEqual(before.cache.memory_bytes + 3 * 4 * 4);
    expect(after.uptime_seconds).toBeGreaterThanOrEqual(before.uptime_seconds);
  });
});

describe('the health routes', () => {
  it('say that the service is healthy, alive and ready', async () => {
    expect(await app.get('/health')).toMatchObject({ status: 200, body: { status: 'healthy' } });
    expect(await app.get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    for (const path of ['/health/ready', '/ready']) {
      expect(await app.get(path)).toMatchObject({
        status: 200,
        body: { status: 'ok', details: { inference: { status: 'up' }, redis: { status: 'up' }, lifecycle: { status: 'up' } } },
      });
    }
  });
});
