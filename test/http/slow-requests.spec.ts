import { TestApp } from '../support/test-app.js';

const ADMIN = { authorization: 'Bearer an-admin-key-for-tests' };

interface SlowRequests {
  readonly requests: readonly { readonly request_id: string; readonly ms: number }[];
}

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ ADMIN_KEY: 'an-admin-key-for-tests' });
});

afterAll(async () => {
  await app.close();
});

describe('GET /stats/slow-requests', () => {
  it('lists the slowest requests for embeddings, with what was cached and the time of each stage', async () => {
    await app.embed('a text', { ...ADMIN, 'x-request-id': 'computed' });
    await app.embed('a text', { ...ADMIN, 'x-request-id': 'recalled' });
    app.provider.fail('a bad text', new Error('of a test'));
    await app.embed('a bad text', { ...ADMIN, 'x-request-id': 'failed' });
    await app.stats(ADMIN);
    const { requests } = (await app.get<SlowRequests>('/stats/slow-requests', ADMIN)).body;

    expect(requests.map(({ request_id: id }) => id).sort()).toEqual(['computed', 'failed', 'recalled']);
    expect(requests).toEqual([...requests].sort((left, right) => right.ms - left.ms));
    expect(requests.find(({ request_id: id }) => id === 'computed')).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      request_id: 'computed',
      route: 'POST /embed',
      status: 200,
      ms: expect.any(Number),
      cache: 'miss',
      texts: 1,
      tokens: expect.any(Number),
      model: 'fake-model',
      stages: expect.objectContaining({ cache: expect.any(Number) }),
    });
    expect(requests.find(({ request_id: id }) => id === 'failed')).not.toHaveProperty('cache');
  });

  it('is for admins only', async () => {
    expect((await app.get('/stats/slow-requests')).status).toBe(401);
  });
});
