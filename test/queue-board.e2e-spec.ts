import type { Response as PageResponse } from 'playwright-core';
import { fails, type FaultyUpstream, startFaultyUpstream, UPSTREAM_DIMENSIONS, works } from './support/faulty-upstream.js';
import { eventually } from './support/eventually.js';
import { type JobBody, readResults, untilDone } from './support/jobs.js';
import { closeBrowser, openPage } from './support/open-page.js';
import { postJson } from './support/post-json.js';
import { type StartedRedis, startRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(180_000);

const ADMIN_KEY = 'the-key-of-the-admin';
const PATHS = ['/queues', '/queues/', '/queues/api/queues', '/queues/static/favicon-32x32.png', '/queues/queue/embedding-chunks'];

const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const WEBHOOK_PATH = 'the-path-of-the-webhook';
const OPENAI_API_KEY = 'sk-of-the-upstream';
const SECRET_TEXT = 'a secret text';

let redis: StartedRedis;
let upstream: FaultyUpstream;

beforeAll(async () => {
  redis = await startRedis();
  upstream = await startFaultyUpstream();
  upstream.always((request, response) => {
    const said = request.body.input.join();
    const fault = [401, 500].find((status) => said.includes(`${status}`));
    (fault === undefined ? works : fails(fault, { message: `This failed: ${said}` }))(request, response);
  });
});

afterAll(async () => {
  await closeBrowser();
  await upstream.stop();
  await redis.stop();
});

/** The name that the queue gives to the chunk of a job with one text. */
function chunk(jobId: string): string {
  return `${jobId}:0:1`;
}

function basic(password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}` };
}

describe('the queue board', () => {
  let service: StartedService;

  beforeAll(async () => {
    service = await startService({
      QUEUE_REDIS_URL: redis.url,
      ADMIN_KEY,
      RATE_LIMIT_REQUESTS: '0',
      EMBEDDING_PROVIDER: 'openai',
      OPENAI_BASE_URL: upstream.url,
      OPENAI_API_KEY,
      OPENAI_MODEL: 'faulty',
      EMBEDDING_DIM: `${UPSTREAM_DIMENSIONS}`,
      OPENAI_MAX_RETRIES: '0',
      WEBHOOK_SECRET,
    });
  });

  afterAll(async () => {
    await service.stop();
  });

  async function submit(what: string): Promise<string> {
    const webhook = `https://hooks.example/${WEBHOOK_PATH}`;
    return (await postJson<JobBody>(`${service.url}/jobs`, { texts: [`${SECRET_TEXT} ${what}`], webhook_url: webhook })).body.id;
  }

  async function answerOf(path: string): Promise<string> {
    return await (await fetch(`${service.url}/queues/api/queues/embedding-chunks/${path}`, { headers: basic(ADMIN_KEY) })).text();
  }

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
  ])('shows everything to a caller with the key as %s', async (_, headers) => {
    const page = await fetch(`${service.url}/queues`, { headers });
    const html = await page.text();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const assets = [...html.matchAll(/(?:src|href)="([^"#]+\.(?:js|css|png))"/g)].map(
      ([, path = '']) => new URL(path, `${service.url}/queues/`),
    );
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) expect([asset.pathname, (await fetch(asset, { headers })).status]).toEqual([asset.pathname, 200]);
  });

  it('shows finished and delayed chunks with the reason, but no text, vector, key or webhook', async () => {
    const [done, failed, waiting] = [await submit('that works'), await submit('that fails with 500'), await submit('refused with 401')];
    expect((await untilDone(service.url, done)).progress).toMatchObject({ completed: 1, failed: 0 });
    expect((await untilDone(service.url, failed)).progress).toMatchObject({ completed: 0, failed: 1 });
    await eventually('another try of the third', async () => (await answerOf(chunk(waiting))).includes('failedReason'));

    const { page, complaints } = await openPage(service.url, { httpCredentials: { username: 'anybody', password: ADMIN_KEY } });
    const asked: Promise<string>[] = [];
    const textOf = async (response: PageResponse): Promise<string> => await response.text().catch(() => ''); // the page has left it
    page.on('response', (response) => response.url().includes('/queues/api/') && asked.push(textOf(response)));
    await page.goto(`${service.url}/queues/queue/embedding-chunks?status=completed`);
    for (const id of [done, failed]) await page.getByText(chunk(id)).first().waitFor();
    await page.goto(`${service.url}/queues/queue/embedding-chunks?status=delayed`);
    await page.getByText(chunk(waiting)).first().waitFor();
    await page.getByText('Error', { exact: true }).click();
    await page
      .getByText(/refuses the key of this service/)
      .first()
      .waitFor();

    const shown = (await Promise.all([...asked, ...[done, failed, waiting].map((id) => answerOf(chunk(id)))])).join();
    for (const id of [done, failed, waiting]) expect(shown).toContain(chunk(id));
    const { embedding = [] } = (await readResults(service.url, done))[0] ?? {};
    expect(embedding).toHaveLength(UPSTREAM_DIMENSIONS);
    for (const secret of [SECRET_TEXT, WEBHOOK_PATH, WEBHOOK_SECRET, OPENAI_API_KEY, `${embedding[0]}`])
      expect(shown).not.toContain(secret);
    expect(complaints.filter((complaint) => !complaint.includes('fonts.googleapis.com'))).toEqual([]); // the policy blocks calls to other hosts
  });

  it('lets no other site change queues with the password in the browser', async () => {
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

it('there is no queue board if no admin key is set', async () => {
  const service = await startService({ QUEUE_REDIS_URL: redis.url, RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
  for (const path of PATHS) {
    const answer = await fetch(service.url + path, { headers: basic(ADMIN_KEY) });
    expect([path, answer.status, await answer.json()]).toEqual([
      path,
      404,
      expect.objectContaining({ message: 'The queue board needs an admin key: set ADMIN_KEY.' }),
    ]);
  }
  await service.stop();
});
