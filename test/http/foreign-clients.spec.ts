import { metricIn } from '../support/read-metric.js';
import { TestApp } from '../support/test-app.js';

/** A body for these texts, as the clients of each route send it. */
const ROUTES: readonly (readonly [path: string, bodyOf: (texts: readonly unknown[]) => object])[] = [
  ['/v1/embeddings', (input) => ({ model: 'fake-model', input })],
  ['/embeddings', (input) => ({ model: 'fake-model', input })],
  ['/', (inputs) => ({ inputs })],
  ['/embed', (inputs) => ({ inputs })],
  ['/api/embed', (input) => ({ model: 'fake-model', input })],
  ['/v2/embed', (texts) => ({ model: 'fake-model', texts })],
  ['/v1/embed', (texts) => ({ model: 'fake-model', texts })],
];

interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
}

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0', ADMIN_KEY: 'an admin key of 32 characters or so' });
});

afterAll(async () => {
  await app.close();
});

async function operations(): Promise<readonly Operation[]> {
  const { paths } = (await app.get<{ paths: Record<string, Record<string, unknown>> }>('/docs-json')).body;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase() as Operation['method'],
      path: path.replaceAll(/\{\w+\}/g, `job_${'0'.repeat(32)}`),
    })),
  );
}

describe('an empty body with the content type of JSON', () => {
  it('is no body, on every route and method', async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(30);
    for (const operation of all) {
      if (operation.path.startsWith('/metrics')) continue; // they have other figures each time
      const bare = await app.send({ ...operation });
      const json = await app.send({ ...operation, body: '', headers: { 'content-type': 'application/json' } });
      expect({ ...operation, status: json.status, body: worded(json.body) }).toEqual({
        ...operation,
        status: bare.status,
        body: worded(bare.body),
      });
      expect(JSON.stringify(json.body)).not.toContain('cannot be empty');
    }
  });

  /** The words of an answer without ids and times. */
  function worded(body: unknown): string {
    return JSON.stringify(body).replaceAll(/[\da-f]{8}-[\da-f-]{27}|\d+(?:\.\d+)?/g, '#');
  }
});

describe.each(ROUTES)('POST %s', (path, bodyOf) => {
  it('takes unknown fields that are null, and refuses others by name', async () => {
    const body = { ...bodyOf(['a']), unheard_of: null, encoding: null };
    expect((await app.post(path, body)).status).toBe(200);
    const { status, body: answer } = await app.post(path, { ...body, unheard_of: 1 });
    expect([status, JSON.stringify(answer)]).toEqual([400, expect.stringContaining('unheard_of')]);
  });

  it('takes texts of 100,000 characters, and names one that is longer', async () => {
    expect((await app.post(path, bodyOf(['x'.repeat(100_000)]))).status).toBe(200);
    const { status, body } = await app.post(path, bodyOf(['a', 'x'.repeat(100_001)]));
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringMatching(/\[1\] must have at most 100000 characters/)]);
  });

  it('takes 2,048 texts, and refuses one more', async () => {
    const texts = Array.from({ length: 2048 }, () => 'a');
    expect((await app.post(path, bodyOf(texts))).status).toBe(200);
    const { status, body } = await app.post(path, bodyOf([...texts, 'a']));
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('2048')]);
  });

  it('says which texts were cached, if only some were', async () => {
    await app.embed('is cached');
    const { headers } = await app.post(path, bodyOf([`new to ${path}`, 'is cached', 'is cached']));
    expect([headers.get('x-cache'), headers.get('x-cached-texts')]).toEqual(['partial', '1,2']);
    const all = await app.post(path, bodyOf([`new to ${path}`, 'is cached']));
    expect([all.headers.get('x-cache'), all.headers.get('x-cached-texts')]).toEqual(['hit', null]);
  });

  it('honours the headers for the cache and the space', async () => {
    await app.embed('is cached');
    const answer = await app.post(path, bodyOf(['is cached', 'is cached']), { 'cache-control': 'no-cache' });
    expect([answer.status, answer.headers.get('x-cache')]).toEqual([200, 'miss']);
    expect(answer.headers.get('x-embedding-space')).toMatch(/^[\da-f]{16}$/);
    expect((await app.post(path, bodyOf(['is cached']), { 'x-require-embedding-space': '0'.repeat(16) })).status).toBe(409);
  });

  it('counts requests and answers like the native routes', async () => {
    const figures = async (): Promise<readonly number[]> => {
      const text = (await app.get<string>('/metrics')).body;
      const ofRoute = { method: 'POST', route: path };
      return [
        metricIn(text, 'embedding_requests_total', { status: 'success', cached: 'true' }),
        metricIn(text, 'embedding_requests_total', { status: 'error', cached: 'false' }),
        metricIn(text, 'http_requests_total', { ...ofRoute, status: '200' }),
        metricIn(text, 'http_requests_total', { ...ofRoute, status: '400' }),
      ];
    };
    await app.post(path, bodyOf(['counted']));
    const before = await figures();
    await app.post(path, bodyOf(['counted']));
    await app.post(path, bodyOf(['counted', '']));
    const after = await figures();
    expect(after.map((figure, index) => figure - (before[index] ?? 0))).toEqual([1, 1, 1, 1]);
  });

  it('is in the OpenAPI document, with its errors', async () => {
    const { paths } = (await app.get<{ paths: Record<string, { post?: { responses: object } }> }>('/docs-json')).body;
    expect(Object.keys(paths[path]?.post?.responses ?? {})).toEqual(expect.arrayContaining(['200', '400', '401', '429', '503']));
  });
});

describe('partial answers of POST /v1/embeddings', () => {
  it('say which texts were cached, by their place in the input', async () => {
    await app.embed('is cached');
    const body = { model: 'fake-model', input: ['', 'is cached', 'new and partial'], partial: true };
    const { status, headers } = await app.post('/v1/embeddings', body);
    expect([status, headers.get('x-cache'), headers.get('x-cached-texts')]).toEqual([200, 'partial', '1']);
  });
});

describe('a body of another dialect', () => {
  it.each([
    ['/embed', { input: 'a' }, 'POST /v1/embeddings and POST /api/embed take it'],
    ['/embed', { texts: ['a'] }, 'POST /embed/batch takes it'],
    ['/embed/batch', { text: 'a' }, 'POST /embed takes it'],
    ['/embed/batch', { inputs: ['a'] }, 'POST / and POST /embed take it'],
    ['/v1/embeddings', { model: 'fake-model', inputs: ['a'] }, 'POST / and POST /embed take it'],
    ['/v1/embeddings', { model: 'fake-model', texts: ['a'] }, 'POST /embed/batch takes it'],
    ['/api/embed', { model: 'fake-model', prompt: 'a' }, 'POST /api/embeddings takes it'],
    ['/api/embeddings', { model: 'fake-model', input: 'a' }, 'POST /v1/embeddings and POST /api/embed take it'],
    ['/v2/embed', { input: ['a'] }, 'POST /v1/embeddings and POST /api/embed take it'],
    ['/', { input: 'a' }, 'POST /v1/embeddings and POST /api/embed take it'],
  ])('is refused at POST %s with the route to use: %j', async (path, body, hint) => {
    const { status, body: answer } = await app.post(path, body);
    expect([status, JSON.stringify(answer)]).toEqual([400, expect.stringContaining(hint)]);
  });
});

describe('a path of another server', () => {
  it.each([
    ['POST', '/v1/embedding', 'POST /v1/embeddings'],
    ['POST', '/embedding', 'POST /v1/embeddings'],
    ['POST', '/openai/deployments/m/embeddings?api-version=1', 'POST /v1/embeddings'],
    ['POST', '/v1/engines/m/embeddings', 'POST /v1/embeddings'],
    ['POST', '/v1beta/models/m:embedContent', 'POST /v1/embeddings'],
    ['POST', '/encode', 'POST /embed'],
    ['POST', '/embed_all', 'POST /embed'],
    ['POST', '/rerank', 'embeddings only'],
    ['POST', '/v1/chat/completions', 'embeddings only'],
    ['POST', '/api/generate', 'embeddings only'],
    ['POST', '/v2/rerank', 'embeddings only'],
  ] as const)('is a 404 that names the route to use: %s %s', async (method, path, hint) => {
    const { status, body } = await app.send({ method, path, body: '{}', headers: { 'content-type': 'application/json' } });
    expect([status, JSON.stringify(body)]).toEqual([404, expect.stringContaining(hint)]);
  });
});

describe('a caller past its limit', () => {
  it.each([
    ['/v1/embeddings', { error: { code: 'rate_limit_exceeded' } }],
    ['/', { error: expect.stringContaining('More than 1 requests') as string, error_type: 'Overloaded' }],
    ['/api/embed', { error: expect.stringContaining('More than 1 requests') as string }],
    ['/v2/embed', { message: expect.stringContaining('More than 1 requests') as string }],
  ])('gets a 429 at POST %s in the shape of its dialect', async (path, answer) => {
    const limited = await TestApp.start({ RATE_LIMIT_REQUESTS: '1' });
    try {
      await limited.embed('a');
      const { status, headers, body } = await limited.post(path, { inputs: 'a' });
      expect([status, body, headers.get('retry-after')]).toMatchObject([429, answer, expect.stringMatching(/^\d+$/)]);
    } finally {
      await limited.close();
    }
  });
});
