import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { embed, embedBatch, type ErrorBody } from './support/embed.js';
import { getJson } from './support/get-json.js';
import { readStats } from './support/read-stats.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(60_000);

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

let service: StartedService;

beforeAll(async () => {
  service = await startService();
});

describe('an answer', () => {
  it('to one text has every field of the contract', async () => {
    const { status, headers, body } = await embed(service.url, 'Hello, world!');

    expect(status).toBe(200);
    expect(body).toEqual({ embedding: expect.any(Array), cached: false, model: 'all-MiniLM-L6-v2', tokens: 6, truncated: false });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-embedding-space')).toMatch(/^[\da-f]{16}$/);
    for (const stage of ['tokenize', 'queue', 'inference', 'cache', 'serialize']) {
      expect(headers.get('server-timing')).toMatch(new RegExp(`(?:^|, )${stage};dur=\\d+\\.\\d+`));
    }
  });

  it('to a batch has every field of the contract', async () => {
    const { status, body } = await embedBatch(service.url, ['Hello, world!', 'word '.repeat(400)]);

    expect(status).toBe(200);
    expect(body).toEqual({
      embeddings: [expect.any(Array), expect.any(Array)],
      count: 2,
      cached_count: expect.any(Number),
      model: 'all-MiniLM-L6-v2',
      tokens: 6 + 256,
      truncated: [false, true],
    });
  });
});

describe('the embedding space', () => {
  it('differs if a setting changes the vectors', async () => {
    const { url } = await startService({ EMBEDDING_MAX_TOKENS: '128' });
    expect((await readStats(url)).space).not.toBe((await readStats(service.url)).space);
  });
});

describe('an unknown path', () => {
  it.each(['/%zz', '/embed/%', '/%c0%ae'])('that is malformed is a 400 in the common shape of errors: %s', async (path) => {
    const { status, headers, body } = await ask('GET', path);
    expect(status).toBe(400);
    expect(body).toMatchObject({ statusCode: 400, error: 'Bad Request', code: 'invalid_request', requestId: headers['x-request-id'] });
    expect(headers['x-request-id']).toMatch(UUID);
  });

  /** Sends the path unchanged; fetch would normalise it. */
  async function ask(method: string, path: string): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: ErrorBody }> {
    const { hostname, port } = new URL(service.url);
    const sent = request({ hostname, port, method, path }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(await textOf(answer)) as ErrorBody };
  }
});

describe('/stats', () => {
  it('counts hits, misses and texts of this process', async () => {
    const before = await readStats(service.url);
    await embedBatch(service.url, ['stats one', 'stats two', 'stats two']);
    await embedBatch(service.url, ['stats one', 'stats three']);
    const after = await readStats(service.url);

    expect(after).toMatchObject({ model: 'all-MiniLM-L6-v2', embedding_dim: 384, provider: 'local' });
    expect(after.queue).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0, completed: before.queue.completed + 3 });
    expect(after.cache.entries).toBe(before.cache.entries + 3);
    expect(after.cache.hits).toBe(before.cache.hits + 1);
    expect(after.cache.misses).toBe(before.cache.misses + 4);
    expect(after.cache.hit_rate).toBeCloseTo(after.cache.hits / (after.cache.hits + after.cache.misses));
    expect(after.cache.memory_bytes).toBeGreaterThanOrEqual(before.cache.memory_bytes + 3 * 384 * 4);
    expect(after.uptime_seconds).toBeGreaterThanOrEqual(before.uptime_seconds);
  });
});

describe('the health routes', () => {
  it('say that the service is healthy, alive and ready', async () => {
    expect(await getJson(`${service.url}/health`)).toMatchObject({ status: 200, body: { status: 'healthy' } });
    expect(await getJson(`${service.url}/health/live`)).toMatchObject({ status: 200, body: { status: 'ok' } });
    for (const path of ['/health/ready', '/ready']) {
      expect(await getJson(service.url + path)).toMatchObject({
        status: 200,
        body: { status: 'ok', details: { inference: { status: 'up' }, redis: { status: 'up' }, lifecycle: { status: 'up' } } },
      });
    }
  });
});
