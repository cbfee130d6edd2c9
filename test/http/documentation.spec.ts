import { type OpenApi, operationsOf, withPartsInPlace } from '../support/open-api.js';
import { TestApp } from '../support/test-app.js';

interface Described {
  readonly route: string;
  readonly errors: readonly number[];
  /** Default: 200. */
  readonly answer?: number;
  /** Default: of a POST. */
  readonly hasBody?: boolean;
}

/** Paths whose errors have OpenAI's shape. */
function isOpenAi(path: string): boolean {
  return /^\/(?:v1|embeddings|models)\b/.test(path);
}

/** Fields that not every caller gets. */
const FOR_ADMINS = ['keys'];
const ADMIN_KEY = 'a-key-for-tests-only';

let app: TestApp;
let document: OpenApi;

beforeAll(async () => {
  app = await TestApp.listen({ RATE_LIMIT_REQUESTS: '0', ADMIN_KEY });
  document = withPartsInPlace((await app.get<OpenApi>('/docs-json')).body);
});

afterAll(async () => {
  await app.close();
});

describe('/docs', () => {
  it('is a page whose scripts, styles and pictures load', async () => {
    const page = await fetch(`${app.url}/docs`);
    const html = await page.text();
    const assets = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path = '']) => new URL(path, `${app.url}/docs`));

    expect(page.headers.get('content-type')).toContain('text/html');
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      expect(asset.origin).toBe(app.url);
      const answer = await fetch(asset);
      expect([asset.pathname, answer.status, (await answer.arrayBuffer()).byteLength > 100]).toEqual([asset.pathname, 200, true]);
    }
  });
});

describe('/docs-json', () => {
  it('is an OpenAPI 3 document of this service', () => {
    expect(document.openapi).toMatch(/^3\.[01]\.\d$/);
    expect(document.info).toMatchObject({ title: 'Embedding pipeline', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });

  it.each<Described>([
    { route: 'POST /embed', errors: [400, 404, 409, 413, 415, 429, 500, 502, 503, 504] },
    { route: 'POST /embed/batch', errors: [400, 404, 409, 413, 415, 429, 500, 502, 503, 504] },
    { route: 'POST /cache/invalidate', errors: [400, 403, 404, 413, 415, 429, 500, 503] },
    { route: 'POST /v1/embeddings', errors: [400, 404, 409, 413, 415, 429, 500, 502, 503, 504] },
    { route: 'POST /embeddings', errors: [400, 404, 409, 413, 415, 429, 500, 502, 503, 504] },
    { route: 'GET /v1/models', errors: [429, 500] },
    { route: 'GET /models', errors: [429, 500] },
    { route: 'GET /v1/models/{id}', errors: [404, 429, 500] },
    { route: 'GET /models/{id}', errors: [404, 429, 500] },
    { route: 'POST /jobs', errors: [400, 413, 415, 422, 429, 500, 503, 507], answer: 202 },
    { route: 'GET /jobs', errors: [400, 429, 500, 503] },
    { route: 'GET /jobs/{id}', errors: [404, 429, 500, 503] },
    { route: 'DELETE /jobs/{id}', errors: [404, 409, 429, 500, 503] },
    { route: 'GET /jobs/{id}/results', errors: [400, 404, 409, 429, 500, 503] },
    { route: 'GET /jobs/{id}/events', errors: [404, 429, 500, 503] },
    { route: 'POST /v1/files', errors: [400, 413, 415, 429, 500, 503, 507] },
    { route: 'GET /v1/files', errors: [400, 429, 500, 503] },
    { route: 'GET /v1/files/{id}', errors: [404, 429, 500, 503] },
    { route: 'GET /v1/files/{id}/content', errors: [404, 429, 500, 503] },
    { route: 'DELETE /v1/files/{id}', errors: [400, 404, 429, 500, 503, 507] },
    { route: 'POST /v1/batches', errors: [400, 413, 415, 429, 500, 503, 507] },
    { route: 'GET /v1/batches', errors: [400, 429, 500, 503] },
    { route: 'GET /v1/batches/{id}', errors: [404, 429, 500, 503] },
    { route: 'POST /v1/batches/{id}/cancel', errors: [400, 404, 429, 500, 503, 507], hasBody: false },
    { route: 'GET /stats', errors: [429, 500, 503] },
    { route: 'GET /health', errors: [] },
    { route: 'GET /health/live', errors: [] },
    { route: 'GET /health/ready', errors: [503] },
    { route: 'GET /ready', errors: [503] },
    { route: 'GET /metrics', errors: [] },
    { route: 'GET /metrics/history', errors: [] },
    { route: 'GET /', errors: [] },
  ])('describes $route with its errors $errors', ({ route, errors, answer = 200, hasBody = route.startsWith('POST ') }: Described) => {
    const [method = '', path = ''] = route.toLowerCase().split(' ');
    const operation = document.paths[path]?.[method];

    expect(operation?.summary).toMatch(/\w/);
    const answers = Object.keys(operation?.responses ?? {}).filter((status) => status !== '401' && status !== '4XX'); // tested below
    expect(answers).toEqual([answer, ...errors].map(String));
    expect(operation?.requestBody !== undefined).toBe(hasBody);
    for (const error of errors) {
      expect(operation?.responses[error]).toMatchObject({
        description: expect.stringMatching(/\w/),
        headers: { 'X-Request-Id': expect.any(Object) },
        content: {
          'application/json': { schema: { $ref: `#/components/schemas/${isOpenAi(path) ? 'OpenAiErrorSchema' : 'ErrorSchema'}` } },
        },
      });
    }
    const waits = isOpenAi(path) ? ['Retry-After', 'Retry-After-Ms'] : ['Retry-After'];
    for (const error of errors.filter((status) => status === 429 || status === 503))
      for (const header of waits) expect(operation?.responses[error]?.headers).toHaveProperty(header);
  });

  it.each([
    ['post', '/', 'TeiError'],
    ['get', '/info', 'TeiError'],
    ['post', '/api/embed', 'OllamaError'],
    ['post', '/api/embeddings', 'OllamaError'],
    ['post', '/v1/embed', 'CohereError'],
    ['post', '/v2/embed', 'CohereError'],
  ])('describes errors of %s %s in the form of its dialect: %s', (method, path, schema) => {
    const operation = document.paths[path]?.[method];
    expect(operation?.summary).toMatch(/\w/);
    expect(operation?.responses['429']).toMatchObject({
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
    });
  });

  it('says for every limited route how to send a key, and whether it is required', () => {
    const operations = operationsOf(document);
    const schemes = [{ bearer: [] }, { apiKey: [] }];

    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
    expect(operations.filter(({ responses }) => '429' in responses).length).toBeGreaterThan(5);
    for (const { responses, security } of operations) {
      const isLimited = '429' in responses;
      const isForAdmins = '403' in responses;
      expect(responses['401']?.headers !== undefined && 'WWW-Authenticate' in responses['401'].headers).toBe(isLimited);
      const expected = isForAdmins ? schemes : [...schemes, {}];
      expect([...(security ?? [])].map((scheme) => JSON.stringify(scheme)).sort()).toEqual(
        (isLimited ? expected : []).map((scheme) => JSON.stringify(scheme)).sort(),
      );
    }
  });

  it('has no broken references', () => {
    const names = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);

    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => name === undefined || !(name in document.components.schemas))).toEqual([]);
  });

  it('names exactly the fields of the answers', async () => {
    const answers = {
      EmbedResponse: (await app.embed('a text')).body,
      EmbedBatchResponse: (await app.embedBatch(['a text'])).body,
      StatsResponse: await app.stats({ 'x-api-key': ADMIN_KEY }),
      CreateEmbeddingResponse: (await app.post<object>('/v1/embeddings', { input: 'a text', model: 'fake-model' })).body,
      ModelObject: (await app.get<object>('/v1/models/fake-model')).body,
    };
    for (const [name, body] of Object.entries(answers)) {
      const { properties, required } = document.components.schemas[name] ?? {};
      expect(Object.keys(properties ?? {}).sort()).toEqual(Object.keys(body).sort());
      const always = Object.keys(body).filter((field) => !FOR_ADMINS.includes(field));
      expect([...(required ?? [])].sort()).toEqual(always.sort());
    }
  });
});
