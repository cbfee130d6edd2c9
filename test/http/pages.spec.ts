import { TestApp } from '../support/test-app.js';

const ADMIN_KEY = 'the-key-of-the-admin';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0', ADMIN_KEY });
});

afterAll(async () => {
  await app.close();
});

describe('the front page', () => {
  it('is revalidated each time, its plotting library once a week', async () => {
    const cacheControl = async (path: string) => (await app.get(path)).headers.get('cache-control');

    expect(await cacheControl('/')).toBe('no-cache');
    expect(await cacheControl('/assets/main.js')).toBe('no-cache');
    expect(await cacheControl('/assets/uPlot.iife.min.js')).toBe('public, max-age=604800');
  });

  it.each(['/assets/..%2fmain.js', '/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/assets/'])(
    'serves no file at %s',
    async (path) => {
      const { status } = await app.get(path);
      expect([403, 404]).toContain(status);
    },
  );
});

describe('the queue board', () => {
  it.each(['/queues', '/queues/', '/queues/api/queues', '/queues/static/favicon-32x32.png', '/queues/queue/embedding-chunks'])(
    'is not there without a Redis: %s',
    async (path) => {
      const authorization = `Basic ${Buffer.from(`anybody:${ADMIN_KEY}`).toString('base64')}`;
      expect((await app.get(path, { authorization })).status).toBe(404);
    },
  );
});
