import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeKey } from '../support/make-key.js';
import { type DescribedAnswer, type OpenApi, operationsOf, withPartsInPlace } from '../support/open-api.js';
import { plainEnvironment } from '../support/plain-environment.js';
import type { JsonAnswer } from '../support/post-json.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { TestApp } from '../support/test-app.js';

const REDOCLY = join(__dirname, '../../node_modules/@redocly/cli/bin/cli.js');
/** The document had 296 KB when it repeated each header. */
const MOST_BYTES = 129_000;
const ADMIN_KEY = 'an-admin-key-for-tests';
const key = makeKey('caller');
const limited = makeKey('limited', { requests: '1' });

let app: TestApp;
let document: OpenApi;
let parts: OpenApi;

beforeAll(async () => {
  app = await TestApp.start({
    API_KEYS: `${key.entry},${limited.entry}`,
    ADMIN_KEY,
    RATE_LIMIT_REQUESTS: '1000',
    RATE_LIMIT_TOKENS: '100000',
  });
  document = (await app.get<OpenApi>('/docs-json')).body;
  parts = withPartsInPlace(document);
});

afterAll(async () => {
  await app.close();
});

describe('/docs-json', () => {
  it("passes Redocly's recommended rules without a finding", async () => {
    const file = join(temporaryFolder(), 'openapi.json');
    writeFileSync(file, JSON.stringify(document));
    const env = plainEnvironment({ REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' });
    const lint = promisify(execFile)(process.execPath, [REDOCLY, 'lint', file, '--extends=recommended', '--format=json'], { env });
    const { stdout } = await lint.catch((error: unknown) => error as { stdout: string });
    const { problems } = JSON.parse(stdout) as { problems: readonly { ruleId: string; message: string }[] };

    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  }, 30_000);

  it('is small, because headers, parameters and answers are references', () => {
    expect(JSON.stringify(document).length).toBeLessThan(MOST_BYTES);
    const inPlace = operationsOf(document).flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ headers = {} }) => Object.values(headers)),
    );
    expect(inPlace.filter((header) => !JSON.stringify(header).startsWith('{"$ref":"#/components/headers/'))).toEqual([]);
  });

  it('has no reference that may be null, because generators take it for what is never null', () => {
    const schemas = Object.entries(document.components.schemas).flatMap(([name, { properties }]) =>
      Object.entries(properties).map(([field, schema]) => ({
        where: `${name}.${field}`,
        ...(schema as { nullable?: boolean; allOf?: object }),
      })),
    );
    expect(schemas.filter(({ nullable, allOf }) => nullable === true && allOf !== undefined).map(({ where }) => where)).toEqual([]);
  });

  it('names each operation by a plain word of its own, and each of its tags has a description', () => {
    const operations = operationsOf(document);
    const names = operations.map(({ operationId }) => operationId);

    expect(names.filter((name) => !/^[a-z][A-Za-z0-9]+$/.test(name) || /Controller/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['embed', 'embedBatch', 'createEmbedding', 'listModels', 'submitJob', 'readJobResults']));
    const described = document.tags.filter(({ description = '' }) => description !== '').map(({ name }) => name);
    expect([...new Set(operations.flatMap(({ tags = [] }) => tags))].sort()).toEqual(described.sort());
    expect(document.info.license).toMatchObject({ name: 'Apache-2.0' });
  });

  it('says `security: []` of exactly those routes that answer without a key', async () => {
    const requests = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { security }]) => ({ method, path, isOpen: security?.length === 0 })),
    );
    for (const { method, path, isOpen } of requests) {
      const { status } = await app.send({ method: method.toUpperCase() as 'GET', path: path.replaceAll(/\{\w+\}/g, 'none') });
      expect([method, path, status !== 401]).toEqual([method, path, isOpen]);
    }
  });
});

/** Said once in the document: answers of limited routes have them all. */
const RATE_HEADER = /^x-ratelimit-/;
/** Headers of answers that only some requests get. */
const SOMETIMES = /^(?:x-cached-texts|x-ratelimit-\w+-tokens)$/;
/** Headers that have nothing to do with this API. */
const OF_HTTP = /^(?:content-|cache-control|connection|date|keep-alive|referrer-policy|transfer-encoding|x-accel-|x-content-type|x-frame)/;

/** What the document says and the answer does not have, or the other way round. */
function differences(described: DescribedAnswer | undefined, { status, headers }: JsonAnswer<unknown>): readonly string[] {
  if (described === undefined) return [`${status} is not described`];
  const promised = new Set(Object.keys(described.headers ?? {}).map((name) => name.toLowerCase()));
  const given = [...headers.keys()].filter((name) => !OF_HTTP.test(name) && !(status >= 400 && RATE_HEADER.test(name)));
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  return [
    ...given.filter((name) => !promised.has(name)).map((name) => `${name} is not described`),
    ...[...promised].filter((name) => !headers.has(name) && !SOMETIMES.test(name)).map((name) => `${name} is missing`),
    ...(type === '' || type in (described.content ?? {}) ? [] : [`${type} is not described`]),
  ];
}

interface Call {
  /** As the document has it; default: the path itself. */
  readonly route?: string;
  readonly call: string;
  readonly body?: unknown;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const MODEL = 'fake-model';
const OTHER_SPACE = { 'x-require-embedding-space': 'another' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const AS_ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

async function answerTo({
  method,
  path,
  body,
  headers,
}: Omit<Parameters<TestApp['send']>[0], 'body'> & { body: unknown }): Promise<JsonAnswer<unknown>> {
  if (body === undefined) return await app.send({ method, path, headers: headers ?? {} });
  return await app.send({ method, path, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
}

describe('answers', () => {
  it.each<Call>([
    { call: 'POST /embed', body: { text: 'a' }, status: 200 },
    { call: 'POST /embed', body: { text: '' }, status: 400 },
    { call: 'POST /embed', body: { text: 'a' }, status: 401, headers: { authorization: 'Bearer wrong' } },
    { call: 'POST /embed', body: { text: 'a', model: 'none' }, status: 404 },
    { call: 'POST /embed', body: { text: 'a' }, status: 409, headers: OTHER_SPACE },
    { call: 'POST /embed', body: { text: 'a' }, status: 415, headers: FORM },
    { call: 'POST /embed/batch', body: { texts: ['a', 'new'] }, status: 200 },
    { call: 'POST /embed/batch', body: { texts: ['a'], model: 'none' }, status: 404 },
    { call: 'POST /v1/embeddings', body: { input: ['a', 'b'], model: MODEL }, status: 200 },
    { call: 'POST /v1/embeddings', body: { input: '' }, status: 400 },
    { call: 'POST /v1/embeddings', body: { input: 'a', model: MODEL }, status: 401, headers: { authorization: 'Bearer wrong' } },
    { call: 'POST /v1/embeddings', body: { input: 'a', model: 'none' }, status: 404 },
    { call: 'GET /v1/models', status: 200 },
    { call: 'GET /v1/models/none', route: 'GET /v1/models/{id}', status: 404 },
    { call: 'POST /', body: { inputs: 'a' }, status: 200 },
    { call: 'POST /', body: { inputs: '' }, status: 400 },
    { call: 'GET /info', status: 200 },
    { call: 'POST /api/embed', body: { input: 'a' }, status: 200 },
    { call: 'POST /api/embed', body: { input: 'a', model: 'none' }, status: 404 },
    { call: 'POST /api/embeddings', body: { prompt: 'a' }, status: 200 },
    { call: 'GET /api/tags', status: 200 },
    { call: 'POST /v2/embed', body: { texts: ['a'] }, status: 200 },
    { call: 'POST /v2/embed', body: { texts: 'a' }, status: 400 },
    { call: 'POST /v1/embed', body: { texts: ['a'] }, status: 200 },
    { call: 'POST /jobs', body: { texts: ['a'] }, status: 202 },
    { call: 'POST /jobs', body: { texts: [] }, status: 400 },
    { call: 'GET /jobs', status: 200 },
    { call: 'GET /jobs/none', route: 'GET /jobs/{id}', status: 404 },
    { call: 'GET /v1/files', status: 200 },
    { call: 'GET /v1/files/none', route: 'GET /v1/files/{id}', status: 404 },
    { call: 'GET /v1/batches', status: 200 },
    { call: 'POST /v1/batches', body: {}, status: 400 },
    { call: 'POST /cache/invalidate', body: { texts: ['a'] }, status: 403 },
    { call: 'POST /cache/invalidate', body: { texts: ['a'] }, status: 200, headers: AS_ADMIN },
    { call: 'GET /keys', status: 403 },
    { call: 'GET /keys', status: 200, headers: AS_ADMIN },
    { call: 'POST /keys', body: { name: 'made' }, status: 201, headers: AS_ADMIN },
    { call: 'POST /keys', body: { name: 'made' }, status: 409, headers: AS_ADMIN },
    { call: 'POST /keys', body: { name: '' }, status: 400, headers: AS_ADMIN },
    { call: 'PATCH /keys/made', route: 'PATCH /keys/{name}', body: { requests: 5 }, status: 200, headers: AS_ADMIN },
    { call: 'POST /keys/made/rotate', route: 'POST /keys/{name}/rotate', body: {}, status: 200, headers: AS_ADMIN },
    { call: 'DELETE /keys/made/older-secrets', route: 'DELETE /keys/{name}/older-secrets', status: 200, headers: AS_ADMIN },
    { call: 'DELETE /keys/made', route: 'DELETE /keys/{name}', status: 204, headers: AS_ADMIN },
    { call: 'DELETE /keys/made', route: 'DELETE /keys/{name}', status: 404, headers: AS_ADMIN },
    { call: 'GET /keys/usage', status: 200, headers: AS_ADMIN },
    { call: 'GET /keys/usage?format=csv', route: 'GET /keys/usage', status: 200, headers: AS_ADMIN },
    { call: 'GET /stats', status: 200 },
    { call: 'GET /health', status: 200 },
    { call: 'GET /metrics', status: 200 },
    { call: 'GET /', status: 200 },
  ])('of $call are as described: $status', async ({ call, route = call, body, status, headers = {} }) => {
    const [method, path = ''] = call.split(' ');
    const [, describedPath = ''] = route.split(' ');
    const sent = { ...key.headers, ...headers };
    const answer = await answerTo({ method: method as 'GET', path, body, headers: sent });
    const described = parts.paths[describedPath]?.[method?.toLowerCase() ?? ''];

    expect([answer.status, ...differences(described?.responses[status], answer)]).toEqual([status]);
  });
});

describe('answers to a caller over its limit', () => {
  it.each(['/embed', '/v1/embeddings', '/api/embed', '/v2/embed', '/'])('are as described on POST %s', async (path) => {
    await app.post(path, {}, limited.headers);
    const answer = await app.post(path, {}, limited.headers);

    expect([answer.status, ...differences(parts.paths[path]?.['post']?.responses['429'], answer)]).toEqual([429]);
  });
});
