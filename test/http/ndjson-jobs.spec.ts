import type { JobBody } from '../support/jobs.js';
import type { JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';

const NDJSON = { 'content-type': 'application/x-ndjson' };

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0', WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
});

afterAll(async () => {
  await app.close();
});

async function submitNdjson(lines: string, query = ''): Promise<JsonAnswer<JobBody>> {
  return await app.post<JobBody>(`/jobs${query}`, lines, NDJSON);
}

describe('POST /jobs with NDJSON', () => {
  it.each([
    ['no text', '', 'texts must hold at least one text'],
    ['a line that is not JSON', '{"text":"a"}\n{"text"', 'line 2 is not JSON'],
    ['an empty text', '{"text":"a"}\n\n{"text":""}', 'line 3: text must not be empty'],
    ['a field that is not known', '{"txt":"a"}', 'line 1 has a field that is not known: "txt"'],
    ['an id that is no string', '{"id":7,"text":"a"}', 'line 1: id must be a string of at most 256 characters'],
    ['an array', '["a"]', 'line 1 must be an object with a text'],
  ])('refuses %s, and keeps nothing of it', async (_, lines, message) => {
    const { status, body } = await submitNdjson(lines);
    expect([status, body]).toEqual([400, expect.objectContaining({ code: 'invalid_request', message })]);
    expect(await app.metric('embedding_job_pending_texts')).toBe(0);
  });

  it('is the only route for NDJSON', async () => {
    expect((await app.post('/embed', '{"text":"a"}', NDJSON)).status).toBe(415);
  });
});

describe('the routes of jobs', () => {
  it('refuse invalid ids and queries', async () => {
    const { id } = (await submitNdjson('{"text":"a text"}')).body;
    const asked = [
      `..%2F..%2Fetc`,
      `job_${'0'.repeat(32)}`,
      `${id}x`,
      `${id}/results?format=csv`,
      `${id}/results?after=-1`,
      `?limit=0`,
      `?after=x`,
    ];
    const statuses = await Promise.all(asked.map(async (path) => (await app.get(`/jobs${path.startsWith('?') ? '' : '/'}${path}`)).status));
    expect(statuses).toEqual([404, 404, 404, 400, 400, 400, 400]);
    expect((await app.post('/jobs', { texts: ['a'] }, { 'idempotency-key': 'two words' })).status).toBe(400);
  });
});

describe('the address of a webhook', () => {
  it.each([
    'http://127.0.0.1:9/',
    'http://[::1]/',
    'http://169.254.169.254/latest',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://\uff11\uff12\uff17.0.0.1/',
    'http://[::ffff:10.0.0.1]/',
    'http://[64:ff9b::a00:1]/',
    'ftp://example.org',
    'https://me:it@example.org',
  ])('must be public, and HTTP without a password: not %s', async (address) => {
    expect((await app.post('/jobs', { texts: ['a'], webhook_url: address })).status).toBe(400);
  });

  it('must not be given twice', async () => {
    expect((await submitNdjson('{"text":"a"}', '?webhook_url=http://a.example&webhook_url=http://b.example')).status).toBe(400);
  });
});
