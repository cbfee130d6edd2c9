import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI, { AuthenticationError, RateLimitError } from 'openai';
import { embed, embedBatch, type ErrorBody } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { jobTexts } from './support/jobs.js';
import { makeKey, type MadeKey } from './support/make-key.js';
import { createEmbeddings, type OpenAiErrorBody } from './support/openai-embeddings.js';
import { postJson } from './support/post-json.js';
import { readMetric } from './support/read-metric.js';
import { readStats } from './support/read-stats.js';
import { type StartedService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(60_000);

const ADMIN_KEY = 'a-key-for-tests-only';
const search = makeKey('search');
const slow = makeKey('slow', { requests: '3' });
const small = makeKey('small', { requests: '0', tokens: '100' });
const operator = makeKey('operator', { role: 'admin' });
const counted = makeKey('counted', { requests: '5' });

let service: StartedService;

beforeAll(async () => {
  const file = join(temporaryFolder(), 'keys');
  writeFileSync(file, `# who may embed\n${[search, slow, small, operator, counted].map(({ entry }) => entry).join('\n')}\n`);
  service = await startService({ API_KEYS: file, ADMIN_KEY, RATE_LIMIT_REQUESTS: '30', RATE_LIMIT_WINDOW: '3600', LOG_LEVEL: 'debug' });
});

describe('a service with keys', () => {
  it.each([{ authorization: `Bearer ${search.secret}` }, { 'x-api-key': search.secret }, { 'x-api-key': ADMIN_KEY }])(
    'embeds for callers with a key',
    async (headers) => {
      expect((await embed(service.url, 'a text', headers)).status).toBe(200);
    },
  );

  it.each<Readonly<Record<string, string>>>([{}, { authorization: 'Bearer wrong' }, { 'x-api-key': search.entry.split(':')[1] ?? '' }])(
    'refuses %j and explains how to send a key',
    async (headers) => {
      const { status, headers: told, body } = await embed(service.url, 'a text', headers);
      expect([status, told.get('www-authenticate')]).toEqual([401, 'Bearer realm="embedding-pipeline"']);
      expect(body).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('Bearer KEY') });
    },
  );

  it("refuses OpenAI's clients in OpenAI's shape", async () => {
    const stranger = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'sk-wrong', maxRetries: 0 });
    const known = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: search.secret, maxRetries: 0 });
    const request = { model: 'all-MiniLM-L6-v2', input: 'a text' };

    await expect(stranger.embeddings.create(request)).rejects.toThrow(AuthenticationError);
    const { body } = await createEmbeddings<OpenAiErrorBody>(service.url, request);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_api_key', param: null });
    expect((await known.embeddings.create(request)).data).toHaveLength(1);
  });

  it("keeps one key's jobs, files and batches from the others", async () => {
    const [mine, theirs] = [search.secret, operator.secret].map(
      (apiKey) => new OpenAI({ baseURL: `${service.url}/v1`, apiKey, maxRetries: 0 }),
    );
    const line = { custom_id: 'one', method: 'POST', url: '/v1/embeddings', body: { model: 'all-MiniLM-L6-v2', input: 'a text' } };
    const file = await mine?.files.create({ file: new File([`${JSON.stringify(line)}\n`], 'in.jsonl'), purpose: 'batch' });
    const batch = await mine?.batches.create({ input_file_id: file?.id ?? '', endpoint: '/v1/embeddings', completion_window: '24h' });
    const job = await postJson<{ id: string }>(`${service.url}/jobs`, { texts: ['a text'] }, { 'x-api-key': search.secret });
    expect([job.status, (await mine?.files.retrieve(file?.id ?? ''))?.id]).toEqual([202, file?.id]);

    const foreign = [
      `/jobs/${job.body.id}`,
      `/jobs/${job.body.id}/results`,
      `/v1/files/${file?.id}`,
      `/v1/files/${file?.id}/content`,
      `/v1/batches/${batch?.id}`,
    ];
    const statuses = foreign.map(async (path) => (await fetch(service.url + path, { headers: { 'x-api-key': operator.secret } })).status);
    expect(await Promise.all(statuses)).toEqual(foreign.map(() => 404));
    expect([(await theirs?.files.list())?.data, (await theirs?.batches.list())?.data]).toEqual([[], []]);
  });

  it.each(['/embed', '/stats', '/v1/models', '/nothing', '/docs/../stats', '/%73tats'])(
    'refuses callers without a key at %s',
    async (path) => {
      const answer = await fetch(service.url + path);
      expect(answer.status).toBe(401);
    },
  );

  it.each(['/health', '/health/live', '/health/ready', '/ready', '/metrics', '/docs', '/docs-json'])(
    'shows %s to everybody',
    async (path) => {
      expect((await fetch(service.url + path)).status).toBe(200);
    },
  );

  it('opens an admin route to the role admin only', async () => {
    const invalidate = async (headers = {}) => await postJson<ErrorBody>(`${service.url}/cache/invalidate`, { texts: ['none'] }, headers);
    const answers = [await invalidate(operator.headers), await invalidate({ 'x-api-key': ADMIN_KEY }), await invalidate(search.headers)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
    expect(answers[2]?.body.code).toBe('forbidden');
    expect((await invalidate()).status).toBe(401);
  });

  it('limits each key apart, by its own limit if it has one', async () => {
    const ask = async (headers: Readonly<Record<string, string>>) => await embed(service.url, 'a text', headers);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(slow.headers)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers[0]?.headers.get('x-ratelimit-limit')).toBe('3');
    expect((await ask(operator.headers)).headers.get('x-ratelimit-limit')).toBe('30');
  });

  it('does not let a caller without a key use up the limit of a key', async () => {
    const statuses: number[] = [];
    for (let call = 0; call < 40; call++) statuses.push((await embed(service.url, 'a text', { 'x-api-key': `wrong ${call}` })).status);

    expect(statuses.at(-1)).toBe(429);
    expect((await embed(service.url, 'a text', search.headers)).status).toBe(200);
  });

  it('logs no key', () => {
    const log = service.stdout() + service.stderr();
    expect(log).toContain('"route":"/embed"');
    for (const { secret, entry } of [search, slow, small, operator]) {
      expect(log).not.toContain(secret.slice(3));
      expect(log).not.toContain(entry.split(':')[1]);
    }
    expect(log).not.toContain(ADMIN_KEY);
  });
});

/** Eight words: ten tokens with the two special ones. */
const TEN_TOKENS = 'one two three four five six seven';

describe('the limit of tokens', () => {
  it('counts the tokens of usage, cached or not, and reports the rest of the limit', async () => {
    const standing = async (input: string | readonly string[]) => {
      const { status, headers, body } = await createEmbeddings(service.url, { input }, small.headers);
      return [status, body.usage?.total_tokens, ...['limit', 'remaining'].map((name) => headers.get(`x-ratelimit-${name}-tokens`))];
    };

    expect(await standing(`${TEN_TOKENS} a`)).toEqual([200, 10, '100', '90']);
    expect(await standing(`${TEN_TOKENS} a`)).toEqual([200, 10, '100', '80']);
    expect(await standing([`${TEN_TOKENS} a`, `${TEN_TOKENS} b`, `${TEN_TOKENS} b`])).toEqual([200, 30, '100', '50']);
    expect((await embed(service.url, `${TEN_TOKENS} a`, small.headers)).status).toBe(200);
    expect(await standing(`${TEN_TOKENS} c`)).toEqual([200, 10, '100', '30']);
  });

  it('is never passed, and the refusal says when to try again', async () => {
    const { status, headers, body } = await createEmbeddings<OpenAiErrorBody>(
      service.url,
      { input: Array.from({ length: 4 }, (_, index) => `${TEN_TOKENS} d${index}`) },
      small.headers,
    );
    expect([status, body.error.type, body.error.code]).toEqual([429, 'tokens', 'rate_limit_exceeded']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3000);
    expect(await readMetric(service.url, 'rate_limited_requests_total', { limit: 'tokens' })).toBeGreaterThan(0);
    expect((await embed(service.url, `${TEN_TOKENS} e`, small.headers)).status).toBe(200);

    const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: small.secret, maxRetries: 0 });
    const request = client.embeddings.create({ model: 'all-MiniLM-L6-v2', input: [TEN_TOKENS, TEN_TOKENS, TEN_TOKENS] });
    await expect(request).rejects.toThrow(RateLimitError);
  });

  it('answers 400 to a request that exceeds a whole window', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${TEN_TOKENS} f${index}`);
    const { status, body } = await embedBatch(service.url, texts, small.headers);
    expect([status, body]).toEqual([400, expect.objectContaining({ message: expect.stringContaining('RATE_LIMIT_TOKENS') })]);
  });

  it('charges nothing for a request that is refused or fails', async () => {
    const tooLong = await createEmbeddings(service.url, { input: 'word '.repeat(300), truncate: 'error' }, small.headers);
    const { headers } = await createEmbeddings(service.url, { input: 'a' }, small.headers);
    expect([tooLong.status, headers.get('x-ratelimit-remaining-tokens')]).toEqual([400, '17']);
  });

  it('does not exist for a key without one', async () => {
    const { headers } = await createEmbeddings(service.url, { input: TEN_TOKENS }, operator.headers);
    expect(headers.has('x-ratelimit-limit-tokens')).toBe(false);
  });
});

describe('a service whose API_KEYS are wrong', () => {
  it('does not start, and prints no key', async () => {
    const start = startService({ API_KEYS: `search:${search.secret}` });
    await expect(start).rejects.toThrow(/API_KEYS=\*\*\* is not allowed: use NAME:SHA256.*Key 1: its hash/);
    await expect(start).rejects.not.toThrow(search.secret);
  });
});

describe('GET /stats', () => {
  it('tells admins the use of each key, on every way to an answer', async () => {
    const startedAt = new Date().toISOString();
    await embed(service.url, `${TEN_TOKENS} g`, counted.headers);
    await embed(service.url, `${TEN_TOKENS} g`, counted.headers); // a hit, answered by the shortcut
    await createEmbeddings(service.url, { input: [`${TEN_TOKENS} g`, `${TEN_TOKENS} h`] }, counted.headers);
    await embed(service.url, '', counted.headers);
    await postJson(`${service.url}/jobs`, { texts: ['one', 'two', 'three'] }, counted.headers);
    expect((await embed(service.url, 'one too many', counted.headers)).status).toBe(429);
    await fetch(`${service.url}/health`, { headers: counted.headers });

    const { keys } = await readStats(service.url, operator.headers);
    const used = { requests: 6, refused: 1, texts: 4, tokens: 40, job_texts: 3 };
    expect(keys?.find(({ name }) => name === 'counted')).toEqual({
      name: 'counted',
      role: 'client',
      ...used,
      enqueued: { jobs: expect.any(Number), texts: expect.any(Number) },
      last_used_at: expect.stringMatching(/Z$/),
    });
    expect(keys?.[4]?.last_used_at?.localeCompare(startedAt)).toBeGreaterThanOrEqual(0);
    expect(keys?.map(({ name }) => name)).toEqual(['search', 'slow', 'small', 'operator', 'counted', 'ADMIN_KEY']);
    expect((await readStats(service.url, { 'x-api-key': ADMIN_KEY })).keys).toHaveLength(6);
  });

  it('counts the texts of a batch for the key that made it', async () => {
    const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: operator.secret, maxRetries: 0 });
    const line = { custom_id: 'one', method: 'POST', url: '/v1/embeddings', body: { model: 'all-MiniLM-L6-v2', input: ['a', 'b'] } };
    const file = await client.files.create({ file: new File([JSON.stringify(line)], 'in.jsonl'), purpose: 'batch' });
    await client.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' });
    await eventually('the batch being counted', async () => {
      const { keys } = await readStats(service.url, operator.headers);
      return keys?.find(({ name }) => name === 'operator')?.job_texts === 2;
    });
  });

  it('hides it from all other keys', async () => {
    const stats = await readStats(service.url, search.headers);
    expect([stats.model, 'keys' in stats]).toEqual(['all-MiniLM-L6-v2', false]);
  });
});

describe("A key's share of the queue", () => {
  it('refuses a job past the share of its key, and accepts jobs of other keys', async () => {
    const [modest, large] = [makeKey('modest', { jobs: '1', jobTexts: '2000' }), makeKey('large')];
    const own = await startService({
      API_KEYS: `${modest.entry},${large.entry}`,
      ADMIN_KEY,
      EMBEDDING_WORKERS: '1',
      RATE_LIMIT_REQUESTS: '0',
    });
    const submit = async (count: number, { headers }: MadeKey) =>
      await postJson<{ id: string; message: string }>(`${own.url}/jobs`, { texts: jobTexts(count, 'share') }, headers);

    expect(await submit(2001, modest)).toMatchObject({ status: 413, body: { message: expect.stringContaining('2001 texts') } });
    const { status, body } = await submit(2000, modest);
    expect(status).toBe(202);
    const refused = await submit(1, modest);
    expect(refused).toMatchObject({ status: 429, body: { message: expect.stringContaining('1 jobs') } });
    expect(refused.headers.get('retry-after')).toBe('10');
    expect((await submit(1, large)).status).toBe(202);
    const { keys } = await readStats(own.url, { 'x-api-key': ADMIN_KEY });
    expect(keys?.find(({ name }) => name === 'modest')?.enqueued.jobs).toBe(1);
    await fetch(`${own.url}/jobs/${body.id}`, { method: 'DELETE', headers: modest.headers });
    expect((await submit(1, modest)).status).toBe(202);
    await own.stop();
  });
});
