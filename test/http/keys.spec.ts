import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI, { AuthenticationError } from 'openai';
import type { ErrorBody } from '../support/embed.js';
import { makeKey } from '../support/make-key.js';
import type { OpenAiErrorBody } from '../support/openai-embeddings.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { TestApp } from '../support/test-app.js';

const MODEL = 'fake-model';
const ADMIN_KEY = 'a-key-for-tests-only';
const search = makeKey('search');
const slow = makeKey('slow', { requests: '3' });
const operator = makeKey('operator', { role: 'admin' });

let app: TestApp;

beforeAll(async () => {
  const file = join(temporaryFolder(), 'keys');
  writeFileSync(file, `# who may embed\n${[search, slow, operator].map(({ entry }) => entry).join('\n')}\n`);
  app = await TestApp.listen({ API_KEYS: file, ADMIN_KEY, RATE_LIMIT_REQUESTS: '30', RATE_LIMIT_WINDOW: '3600' });
});

afterAll(async () => {
  await app.close();
});

function clientOf(apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${app.url}/v1`, apiKey, maxRetries: 0 });
}

describe('a service with keys', () => {
  it.each([{ authorization: `Bearer ${search.secret}` }, { 'x-api-key': search.secret }, { 'x-api-key': ADMIN_KEY }])(
    'embeds for callers with a key',
    async (headers) => {
      expect((await app.embed('a text', headers)).status).toBe(200);
    },
  );

  it.each<Readonly<Record<string, string>>>([{}, { authorization: 'Bearer wrong' }, { 'x-api-key': search.entry.split(':')[1] ?? '' }])(
    'refuses %j and explains how to send a key',
    async (headers) => {
      const { status, headers: told, body } = await app.embed('a text', headers);
      expect([status, told.get('www-authenticate')]).toEqual([401, 'Bearer realm="embedding-pipeline"']);
      expect(body).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('Bearer KEY') });
    },
  );

  it("refuses OpenAI's clients in OpenAI's shape", async () => {
    const stranger = clientOf('sk-wrong');
    const known = clientOf(search.secret);
    const request = { model: MODEL, input: 'a text' };

    await expect(stranger.embeddings.create(request)).rejects.toThrow(AuthenticationError);
    const { body } = await app.post<OpenAiErrorBody>('/v1/embeddings', request);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_api_key', param: null });
    expect((await known.embeddings.create(request)).data).toHaveLength(1);
  });

  it("keeps one key's jobs, files and batches from the others", async () => {
    const [mine, theirs] = [search.secret, operator.secret].map(clientOf);
    const line = { custom_id: 'one', method: 'POST', url: '/v1/embeddings', body: { model: MODEL, input: 'a text' } };
    const file = await mine?.files.create({ file: new File([`${JSON.stringify(line)}\n`], 'in.jsonl'), purpose: 'batch' });
    const batch = await mine?.batches.create({ input_file_id: file?.id ?? '', endpoint: '/v1/embeddings', completion_window: '24h' });
    const job = await app.post<{ id: string }>('/jobs', { texts: ['a text'] }, { 'x-api-key': search.secret });
    expect([job.status, (await mine?.files.retrieve(file?.id ?? ''))?.id]).toEqual([202, file?.id]);

    const foreign = [
      `/jobs/${job.body.id}`,
      `/jobs/${job.body.id}/results`,
      `/v1/files/${file?.id}`,
      `/v1/files/${file?.id}/content`,
      `/v1/batches/${batch?.id}`,
    ];
    const statuses = foreign.map(async (path) => (await app.get(path, { 'x-api-key': operator.secret })).status);
    expect(await Promise.all(statuses)).toEqual(foreign.map(() => 404));
    expect([(await theirs?.files.list())?.data, (await theirs?.batches.list())?.data]).toEqual([[], []]);
  });

  it.each(['/embed', '/stats', '/v1/models', '/nothing', '/docs/../stats', '/%73tats'])(
    'refuses callers without a key at %s',
    async (path) => {
      expect((await app.get(path)).status).toBe(401);
    },
  );

  it.each(['/health', '/health/live', '/health/ready', '/ready', '/metrics', '/metrics/history', '/docs', '/docs-json'])(
    'shows %s to everybody',
    async (path) => {
      expect((await app.get(path)).status).toBe(200);
    },
  );

  it('opens an admin route to the role admin only', async () => {
    const invalidate = async (headers = {}) => await app.post<ErrorBody>('/cache/invalidate', { texts: ['none'] }, headers);
    const answers = [await invalidate(operator.headers), await invalidate({ 'x-api-key': ADMIN_KEY }), await invalidate(search.headers)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
    expect(answers[2]?.body.code).toBe('forbidden');
    expect((await invalidate()).status).toBe(401);
  });

  it('limits each key separately, by its own limit if it has one', async () => {
    const ask = async (headers: Readonly<Record<string, string>>) => await app.embed('a text', headers);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(slow.headers)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers[0]?.headers.get('x-ratelimit-limit')).toBe('3');
    expect((await ask(operator.headers)).headers.get('x-ratelimit-limit')).toBe('30');
  });

  it('does not let a caller without a key use up the limit of a key', async () => {
    const statuses: number[] = [];
    for (let call = 0; call < 40; call++) statuses.push((await app.embed('a text', { 'x-api-key': `wrong ${call}` })).status);

    expect(statuses.at(-1)).toBe(429);
    expect((await app.embed('a text', search.headers)).status).toBe(200);
  });

  it('logs no key', () => {
    const log = app.log.text();
    expect(log).toContain('"route":"/embed"');
    for (const { secret, entry } of [search, slow, operator]) {
      expect(log).not.toContain(secret.slice(3));
      expect(log).not.toContain(entry.split(':')[1]);
    }
    expect(log).not.toContain(ADMIN_KEY);
  });
});

describe('a service whose API_KEYS are wrong', () => {
  it('does not start, and prints no key', async () => {
    const start = TestApp.start({ API_KEYS: `search:${search.secret}` });
    await expect(start).rejects.toThrow(/API_KEYS=\*\*\* is not allowed: use NAME:SHA256.*Key 1: its hash/);
    await expect(start).rejects.not.toThrow(search.secret);
  });
});
