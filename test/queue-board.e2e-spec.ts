import { jobTexts, submitJob, untilDone } from './support/jobs.js';
import { type StartedRedis, startRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(60_000);

const ADMIN_KEY = 'the-key-of-the-admin';
const PATHS = ['/queues', '/queues/', '/queues/api/queues', '/queues/static/favicon-32x32.png', '/queues/queue/embedding-chunks'];

let redis: StartedRedis;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(async () => {
  await redis.stop();
});

function basic(password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}` };
}

describe('the queue board', () => {
  let service: StartedService;

  beforeAll(async () => {
    service = await startService({ QUEUE_REDIS_URL: redis.url, ADMIN_KEY, RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
  });

  afterAll(async () => {
    await service.stop();
  });

  it.each(PATHS)('does not show %s without the admin key, and asks a browser for it', async (path) => {
    const wrong: Record<string, string>[] = [
      {},
      basic('wrong'),
      basic(''),
      { authorization: 'Bearer wrong' },
      { 'x-api-key': `${ADMIN_KEY}!` },
    ];
    for (const headers of wrong) {
      const answer = await fetch(service.url + path, { headers });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic realm=/)]);
      expect(await answer.json()).toMatchObject({ code: 'unauthorized' });
    }
  });

  it.each([
    ['a password', basic(ADMIN_KEY)],
    ['a bearer token', { authorization: `Bearer ${ADMIN_KEY}` }],
    ['X-API-Key', { 'x-api-key': ADMIN_KEY }],
  ])('shows everything to whoever has the key as %s', async (_, headers) => {
    const page = await fetch(`${service.url}/queues`, { headers });
    const html = await page.text();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const assets = [...html.matchAll(/(?:src|href)="([^"#]+\.(?:js|css|png))"/g)].map(
      ([, path = '']) => new URL(path, `${service.url}/queues/`),
    );
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) expect([asset.pathname, (await fetch(asset, { headers })).status]).toEqual([asset.pathname, 200]);
  });

  it('shows chunks by name, and no text', async () => {
    const { body } = await submitJob(service.url, jobTexts(3, 'a secret'));
    await untilDone(service.url, body.id);
    const answer = await fetch(`${service.url}/queues/api/queues?activeQueue=embedding-chunks&status=completed`, {
      headers: basic(ADMIN_KEY),
    });
    const text = await answer.text();
    expect(text).toContain(`${body.id}:0:3`);
    expect(text).not.toContain('a secret');
  });

  it('lets no other site change queues with the password that a browser remembers', async () => {
    const pause = async (site: string): Promise<number> =>
      (
        await fetch(`${service.url}/queues/api/queues/embedding-chunks/pause`, {
          method: 'PUT',
          headers: { ...basic(ADMIN_KEY), 'sec-fetch-site': site },
        })
      ).status;
    expect([await pause('cross-site'), await pause('same-site')]).toEqual([401, 401]);
  });
});

it.each([
  { what: 'no admin key is set', settings: () => ({ QUEUE_REDIS_URL: redis.url }) },
  { what: 'there is no Redis', settings: () => ({ ADMIN_KEY }) },
])('the queue board is not there where $what', async ({ settings }) => {
  const service = await startService({ ...settings(), RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
  for (const path of PATHS) expect([path, (await fetch(service.url + path, { headers: basic(ADMIN_KEY) })).status]).toEqual([path, 404]);
  await service.stop();
});
