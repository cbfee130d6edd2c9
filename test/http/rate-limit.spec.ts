import type { ErrorBody } from '../support/embed.js';
import { eventually } from '../support/eventually.js';
import { makeKey } from '../support/make-key.js';
import type { JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;

/** The limit headers of an answer, as numbers. */
function limitsOf({ headers }: { readonly headers: Headers }): readonly number[] {
  return ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN));
}

type Settings = Readonly<Record<string, string>>;

const WAYS = [
  { way: 'injected', start: async (settings: Settings) => await TestApp.start(settings) },
  { way: 'over a socket, where hits are answered before Fastify,', start: async (settings: Settings) => await TestApp.listen(settings) },
];

describe.each(WAYS)('the rate limit of requests $way', ({ start }) => {
  beforeAll(async () => {
    app = await start({ RATE_LIMIT_REQUESTS: '20', RATE_LIMIT_WINDOW: '3600', TRUST_PROXY: '1' });
  });

  afterAll(async () => {
    await app.close();
  });

  /** Each caller has a limit of its own. */
  async function embedAs(caller: string): Promise<JsonAnswer<unknown>> {
    return await app.embed('a text', { 'x-forwarded-for': caller });
  }

  it('lets exactly 20 of 50 parallel calls through', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => embedAs('10.0.0.1')));
    const passed = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);

    expect([passed.length, refused.length]).toEqual([20, 30]);
    expect(passed.map((answer) => limitsOf(answer)[1]).sort((left, right) => Number(left) - Number(right))).toEqual([...Array(20).keys()]);
    for (const answer of answers) expect(limitsOf(answer)).toEqual([20, expect.any(Number), expect.any(Number)]);
  });

  it('tells refused callers the reason and when to try again', async () => {
    await Promise.all(Array.from({ length: 20 }, () => embedAs('10.0.0.2')));
    const { status, headers, body } = await embedAs('10.0.0.2');
    const retryAfter = Number(headers.get('retry-after'));

    expect(status).toBe(429);
    expect(retryAfter).toBeGreaterThan(3000);
    expect(retryAfter).toBeLessThanOrEqual(3600);
    expect(limitsOf({ headers })).toEqual([20, 0, retryAfter]);
    expect(headers.get('x-ratelimit-hint')).toBe('A batch or a job of many texts counts as one request.');
    expect(body).toEqual({
      statusCode: 429,
      error: 'Too Many Requests',
      message: expect.stringMatching(
        /^More than 20 requests in 3600 s \(RATE_LIMIT_REQUESTS\)\. A batch or a job of many texts counts as one request\. Try again in 3\d{3} s\.$/,
      ),
      code: 'rate_limited',
      requestId: headers.get('x-request-id'),
    });
  });

  it.each([
    { what: 'a text', path: '/embed', body: '{"text":"a"}', status: 200 },
    { what: 'a request that is wrong', path: '/embed', body: '{"text":""}', status: 400 },
    { what: 'broken JSON', path: '/embed/batch', body: '{', status: 400 },
    { what: 'a body that is too large', path: '/embed', body: 'x'.repeat(300_000), status: 413 },
    { what: 'a route without a key', path: '/cache/invalidate', body: '{"all":true}', status: 401 },
    { what: 'a route that is not there', path: '/nothing', body: '{}', status: 404 },
  ])('counts $what, and shows it in its headers', async ({ path, body, status }) => {
    const caller = { 'x-forwarded-for': `10.0.1.${status}` };
    const before = limitsOf(await app.post('/embed', '{', caller))[1];
    const answer = await app.post(path, body, caller);

    expect(answer.status).toBe(status);
    expect(limitsOf(answer)).toEqual([20, Number(before) - 1, expect.any(Number)]);
  });

  it('refuses a body before it reads it', async () => {
    await Promise.all(Array.from({ length: 20 }, () => embedAs('10.0.0.3')));
    const answer = await app.post<ErrorBody>('/embed', '{', { 'x-forwarded-for': '10.0.0.3' });

    expect(answer.status).toBe(429);
    expect(answer.body.code).toBe('rate_limited');
  });

  it.each([
    '/',
    '/?from=a-link',
    '/assets/main.js',
    '/health',
    '/health/live',
    '/health/ready',
    '/ready',
    '/metrics',
    '/metrics/history',
    '/docs',
    '/docs-json',
  ])('does not apply to %s', async (path) => {
    const statuses = await Promise.all(Array.from({ length: 30 }, async () => (await app.get(path)).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('counts by the address that the trusted proxy saw, not by addresses that the caller added', async () => {
    const spoofed = (index: number) => embedAs(`192.0.2.${index}, 10.0.0.4`);
    const statuses = (await Promise.all(Array.from({ length: 25 }, (_, index) => spoofed(index)))).map(({ status }) => status);

    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect((await embedAs('10.0.0.4')).status).toBe(429);
    expect((await embedAs('10.0.0.5')).status).toBe(200);
  });

  it('counts by the farther proxy if there are two and one is trusted', async () => {
    const [first, second] = [await embedAs('203.0.113.1, 10.0.0.6'), await embedAs('203.0.113.2, 10.0.0.6')];
    expect([limitsOf(first)[1], limitsOf(second)[1]]).toEqual([19, 18]);
  });
});

describe.each([{ trusted: '2' }, { trusted: '127.0.0.1/32, 10.0.0.0/8' }])(
  'behind two proxies, with TRUST_PROXY=$trusted',
  ({ trusted }) => {
    const [alice, carol] = [makeKey('alice'), makeKey('carol')];
    beforeAll(async () => {
      const keys = [alice, carol].map(({ entry }) => entry).join(',');
      app = await TestApp.start({ API_KEYS: keys, RATE_LIMIT_REQUESTS: '20', RATE_LIMIT_WINDOW: '3600', TRUST_PROXY: trusted });
    });

    afterAll(async () => {
      await app.close();
    });

    /** The calls that a caller has left after this request, which the proxy at 10.0.0.1 got from that address. */
    async function leftTo(address: string, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
      return limitsOf(await app.embed('a text', { 'x-forwarded-for': `${address}, 10.0.0.1`, ...headers }))[1];
    }

    it('gives each client a limit of its own, in spite of addresses that it added', async () => {
      expect([await leftTo('203.0.113.1'), await leftTo('203.0.113.2'), await leftTo('203.0.113.1')]).toEqual([19, 19, 18]);
      const spoofed = ['192.0.2.1', '203.0.113.2', '10.0.0.9', '127.0.0.1', '192.0.2.2, 192.0.2.3', 'key:alice', ''];
      for (const [index, address] of spoofed.entries())
        expect([address, await leftTo(`${address}, 203.0.113.1`)]).toEqual([address, 17 - index]);
      expect(await leftTo('203.0.113.2')).toBe(18);
    });

    it("leaves a key's limit alone if its name is sent as an address", async () => {
      expect(await leftTo('203.0.113.3', alice.headers)).toBe(19);
      expect([await leftTo('key:alice'), await leftTo('key:alice'), await leftTo('key:carol')]).toEqual([19, 18, 19]);
      expect([await leftTo('203.0.113.4', alice.headers), await leftTo('203.0.113.4', carol.headers)]).toEqual([18, 19]);
    });
  },
);

describe('without TRUST_PROXY the rate limit', () => {
  afterEach(async () => {
    await app.close();
  });

  it('trusts no header with an address', async () => {
    app = await TestApp.start({ RATE_LIMIT_REQUESTS: '5' });
    const names = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'x-client-ip', 'authorization', 'x-api-key', 'cookie', 'user-agent'];
    const answers = await Promise.all(names.map((name, index) => app.embed('a text', { [name]: `10.0.0.${index}` })));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  });
});

describe('the window of the rate limit', () => {
  afterEach(async () => {
    await app.close();
  });

  it('slides, and refused calls do not count', async () => {
    app = await TestApp.start({ RATE_LIMIT_REQUESTS: '2', RATE_LIMIT_WINDOW: '2' });
    const ask = async () => (await app.embed('a text')).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);

    await eventually('a call that is let through again', async () => (await ask()) === 200, 10_000);
  });

  it('does not exist if RATE_LIMIT_REQUESTS is 0', async () => {
    app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0' });
    const answers = await Promise.all(Array.from({ length: 150 }, () => app.embed('a text')));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(150);
    expect(answers[0]?.headers.has('x-ratelimit-limit')).toBe(false);
  });
});
