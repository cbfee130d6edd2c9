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

describe('the queue board of a service without a Redis', () => {
  const PATHS = ['/queues', '/queues/', '/queues/api/queues', '/queues/queue/embedding-chunks'];
  const AS_ADMIN = { authorization: `Basic ${Buffer.from(`anybody:${ADMIN_KEY}`).toString('base64')}` };

  it.each(PATHS)('is a 404 that says how to get one: %s', async (path) => {
    const json = await app.get(path, AS_ADMIN);
    expect([json.status, json.body]).toEqual([
      404,
      expect.objectContaining({ code: 'not_found', message: expect.stringMatching(/needs a Redis: set REDIS_URL or QUEUE_REDIS_URL\./) }),
    ]);
    const page = await app.get<string>(path, { ...AS_ADMIN, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.body).toContain('set REDIS_URL or QUEUE_REDIS_URL.');
    expect(page.body).toContain('<a href="/">');
  });

  it.each(PATHS)('asks for the admin key first, as the board does: %s', async (path) => {
    for (const headers of [{}, { accept: 'text/html' }, { authorization: 'Bearer wrong' }]) {
      const answer = await app.get(path, headers);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic realm=/)]);
    }
  });

  it('says what else is missing where no admin key is set', async () => {
    const open = await TestApp.start({ RATE_LIMIT_REQUESTS: '0' });
    const { status, body } = await open.get<{ message: string }>('/queues');
    await open.close();
    expect([status, body.message]).toEqual([404, expect.stringMatching(/needs an admin key: set ADMIN_KEY\. It also needs a Redis:/)]);
  });
});
