import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorBody } from '../support/embed.js';
import { eventually } from '../support/eventually.js';
import { makeKey } from '../support/make-key.js';
import type { JsonAnswer } from '../support/post-json.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { TestApp } from '../support/test-app.js';

const ADMIN_KEY = 'a-key-for-tests-only';
const AS_ADMIN = { 'x-api-key': ADMIN_KEY };
const UNLIMITED = { RATE_LIMIT_REQUESTS: '0', ADMIN_KEY };
const HOUR_MS = 3_600_000;

interface KeyBody {
  readonly name: string;
  readonly state: string;
  readonly source: string;
  readonly requests: number | null;
  readonly expires_at: string | null;
  readonly secrets: readonly { readonly created_at: string; readonly expires_at: string | null }[];
}

type IssuedBody = KeyBody & { readonly secret: string; readonly notice?: string };

let app: TestApp;

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  app = await TestApp.start({ ...UNLIMITED, ...environment });
}

afterEach(async () => {
  jest.useRealTimers();
  await app.close();
});

async function create(body: object, headers = AS_ADMIN): Promise<JsonAnswer<IssuedBody & ErrorBody>> {
  return await app.post<IssuedBody & ErrorBody>('/keys', body, headers);
}

async function rotate(name: string, body: object = {}): Promise<JsonAnswer<IssuedBody & ErrorBody>> {
  return await app.post<IssuedBody & ErrorBody>(`/keys/${name}/rotate`, body, AS_ADMIN);
}

async function change(name: string, body: object): Promise<JsonAnswer<KeyBody & ErrorBody>> {
  const headers = { ...AS_ADMIN, 'content-type': 'application/json' };
  return await app.send<KeyBody & ErrorBody>({ method: 'PATCH', path: `/keys/${name}`, body: JSON.stringify(body), headers });
}

async function remove(path: string): Promise<JsonAnswer<KeyBody & ErrorBody>> {
  return await app.send<KeyBody & ErrorBody>({ method: 'DELETE', path, headers: AS_ADMIN });
}

async function list(): Promise<readonly KeyBody[]> {
  return (await app.get<{ data: readonly KeyBody[] }>('/keys', AS_ADMIN)).body.data;
}

async function statusWith(secret: string): Promise<number> {
  return (await app.embed('a text', { authorization: `Bearer ${secret}` })).status;
}

/** Lets the time of the day pass, and nothing else. */
function passTime(milliseconds: number): void {
  // Fastify and the stores keep their real timers
  jest.useFakeTimers({
    now: Date.now() + milliseconds,
    doNotFake: [
      'nextTick',
      'setImmediate',
      'setTimeout',
      'setInterval',
      'performance',
      'queueMicrotask',
      'clearImmediate',
      'clearInterval',
      'clearTimeout',
      'hrtime',
    ],
  });
}

describe('Keys that an admin creates', () => {
  it('embed at once, with a secret that is shown once and stored only as a hash', async () => {
    await start();
    const { status, body } = await create({ name: 'search', requests: 7 });
    expect([status, body.name, body.requests, body.state, body.source]).toEqual([201, 'search', 7, 'active', 'store']);

    const answer = await app.embed('a text', { authorization: `Bearer ${body.secret}` });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ratelimit-limit')).toBe('7');
    const listed = JSON.stringify(await list());
    expect([listed.includes('"search"'), listed.includes(body.secret), listed.includes('hash')]).toEqual([true, false, false]);
    expect(app.log.text()).toContain('ADMIN_KEY created the key search');
    expect(app.log.text()).not.toContain(body.secret.slice(3));
  });

  it('close a service that was open, and the answer says so; it stays closed when the last key is revoked, and after a restart', async () => {
    const DATA_DIR = temporaryFolder();
    await start({ DATA_DIR });
    expect((await app.embed('a text')).status).toBe(200);
    const first = await create({ name: 'search' });
    expect(first.body.notice).toMatch(/asks every caller for a key/);
    expect((await create({ name: 'second' })).body.notice).toBeUndefined();
    expect((await app.embed('a text')).status).toBe(401);

    await app.close();
    await start({ DATA_DIR });
    expect([(await app.embed('a text')).status, await statusWith(first.body.secret)]).toEqual([401, 200]);
    for (const name of ['search', 'second']) expect((await remove(`/keys/${name}`)).status).toBe(204);
    expect([(await app.embed('a text')).status, await statusWith(first.body.secret)]).toEqual([401, 401]);

    await app.close();
    await start({ DATA_DIR });
    expect((await app.embed('a text')).status).toBe(401);
    expect(await list()).toMatchObject([{ name: 'ADMIN_KEY', source: 'ADMIN_KEY' }]);
  });

  it('may administrate with the role admin, until they are demoted', async () => {
    await start();
    const { secret } = (await create({ name: 'operator', role: 'admin' })).body;
    const made = await create({ name: 'by-operator' }, { 'x-api-key': secret });
    expect(made.status).toBe(201);
    expect((await change('operator', { role: 'client' })).status).toBe(200);
    expect((await create({ name: 'another' }, { 'x-api-key': secret })).status).toBe(403);
  });

  it('get other limits at once, and null gives back those of the service', async () => {
    await start({ RATE_LIMIT_REQUESTS: '50' });
    const { secret } = (await create({ name: 'search', requests: 7, tokens: 3 })).body;
    const ask = async () => await app.embed('a longer text', { 'x-api-key': secret });
    expect((await ask()).status).toBe(400); // more tokens than a window allows
    expect((await change('search', { requests: 9, tokens: null })).body.requests).toBe(9);
    expect([(await ask()).status, (await ask()).headers.get('x-ratelimit-limit')]).toEqual([200, '9']);
    expect((await change('search', { requests: null })).body.requests).toBeNull();
    expect((await ask()).headers.get('x-ratelimit-limit')).toBe('50');
  });

  it('have a share of the queue and a scope of the cache, as keys of the settings have', async () => {
    await start({ CACHE_SCOPE: 'key' });
    const headers = { 'x-api-key': (await create({ name: 'search', jobs: 1, job_texts: 2 })).body.secret };
    expect((await app.post('/jobs', { texts: ['a', 'b', 'c'] }, headers)).status).toBe(413);
    expect((await app.post('/jobs', { texts: ['a'] }, headers)).status).toBe(202);
    expect([(await app.embed('a text', headers)).body.cached, (await app.embed('a text', headers)).body.cached]).toEqual([false, true]);
    const forgotten = await app.post<{ removed: number }>('/cache/invalidate', { texts: ['a text'] }, AS_ADMIN);
    expect([forgotten.body.removed, (await app.embed('a text', headers)).body.cached]).toEqual([1, false]);
  });

  it('end when they expire, and the refusal says so', async () => {
    await start();
    const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
    const { secret, expires_at: said } = (await create({ name: 'search', expires_at: expiresAt })).body;
    expect([said, await statusWith(secret)]).toEqual([expiresAt, 200]);
    passTime(HOUR_MS + 1);
    const refused = await app.post<ErrorBody>('/embed', { text: 'a' }, { 'x-api-key': secret });
    expect([refused.status, refused.body.message]).toEqual([401, expect.stringContaining('has expired')]);
    expect((await list()).find(({ name }) => name === 'search')).toMatchObject({ state: 'expired', secrets: [] });
    expect((await rotate('search')).status).toBe(409);

    await change('search', { expires_at: null });
    expect(await statusWith(secret)).toBe(200);
  });

  it('are refused with each field that is wrong', async () => {
    await start();
    const wrong: readonly (readonly [body: object, field: string])[] = [
      [{ name: 'two words' }, 'name'],
      [{ name: 'ADMIN_KEY' }, 'name'],
      [{}, 'name'],
      [{ name: 'a', role: 'owner' }, 'role'],
      [{ name: 'a', requests: -1 }, 'requests'],
      [{ name: 'a', tokens: 1e9 }, 'tokens'],
      [{ name: 'a', jobs: '5' }, 'jobs'],
      [{ name: 'a', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
      [{ name: 'a', expires_at: '2999-01-01' }, 'expires_at'],
      [{ name: 'a', limit: 5 }, 'limit'],
    ];
    for (const [body, field] of wrong) {
      const refused = await create(body);
      expect([refused.status, refused.body.details?.map((fault) => fault.field)]).toEqual([400, [field]]);
    }
  });

  it('cannot have the name of another key, of the settings or stored', async () => {
    await start({ API_KEYS: makeKey('fixed').entry });
    await create({ name: 'search' });
    const refused = [
      await create({ name: 'search' }),
      await create({ name: 'fixed' }),
      await change('fixed', { requests: 1 }),
      await rotate('fixed'),
      await remove('/keys/fixed'),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(refused.map(() => [409, 'key_conflict']));
    expect(refused[1]?.body.message).toBe('The key fixed is one of API_KEYS: choose another name.');
    const unknown = [await change('none', {}), await rotate('none'), await remove('/keys/none'), await remove('/keys/none/older-secrets')];
    expect(unknown.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});

describe('Rotating a key', () => {
  it('lets both secrets work until the overlap is over, under one name', async () => {
    await start();
    const old = (await create({ name: 'search' })).body.secret;
    const { status, body } = await rotate('search', { overlap_seconds: 3600 });
    expect([status, body.secrets.map(({ expires_at: ends }) => ends !== null)]).toEqual([200, [false, true]]);
    expect([await statusWith(old), await statusWith(body.secret)]).toEqual([200, 200]);
    const { keys } = await app.stats(AS_ADMIN);
    expect(keys?.find(({ name }) => name === 'search')?.requests).toBe(2);

    passTime(HOUR_MS + 1);
    expect([await statusWith(old), await statusWith(body.secret)]).toEqual([401, 200]);
    expect((await list()).find(({ name }) => name === 'search')?.secrets).toHaveLength(1);
  });

  it('lasts a day if the body is left out, and can be ended before', async () => {
    await start();
    const old = (await create({ name: 'search' })).body.secret;
    const { body } = await app.send<IssuedBody>({ method: 'POST', path: '/keys/search/rotate', headers: AS_ADMIN });
    const ends = Date.parse(body.secrets[1]?.expires_at ?? '') - Date.parse(body.secrets[0]?.created_at ?? '');
    expect(ends).toBe(24 * HOUR_MS);
    expect((await remove('/keys/search/older-secrets')).body.secrets).toHaveLength(1);
    expect([await statusWith(old), await statusWith(body.secret)]).toEqual([401, 200]);
  });

  it('refuses a third secret, and ends all older ones on request', async () => {
    await start();
    const first = (await create({ name: 'search' })).body.secret;
    const second = (await rotate('search')).body.secret;
    const refused = await rotate('search');
    expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining('overlap_seconds 0')]);
    const third = (await rotate('search', { overlap_seconds: 0 })).body.secret;
    expect([await statusWith(first), await statusWith(second), await statusWith(third)]).toEqual([401, 401, 200]);
  });

  it('refuses an overlap that is no number of seconds up to 90 days', async () => {
    await start();
    await create({ name: 'search' });
    for (const overlap of [-1, 1.5, '60', 90 * 86_400 + 1])
      expect((await rotate('search', { overlap_seconds: overlap })).body.details?.[0]?.field).toBe('overlap_seconds');
  });
});

describe('The routes of keys', () => {
  it('are closed to callers without a key and to clients', async () => {
    const client = makeKey('client');
    await start({ API_KEYS: client.entry });
    const routes = [
      ['GET', '/keys'],
      ['POST', '/keys'],
      ['PATCH', '/keys/search'],
      ['DELETE', '/keys/search'],
      ['POST', '/keys/search/rotate'],
      ['DELETE', '/keys/search/older-secrets'],
      ['GET', '/keys/usage'],
    ] as const;
    for (const [method, path] of routes) {
      const answers = [await app.send({ method, path }), await app.send({ method, path, headers: client.headers })];
      expect([path, ...answers.map(({ status }) => status)]).toEqual([path, 401, 403]);
    }
  });

  it('name what to set if there is no admin key', async () => {
    app = await TestApp.start({});
    const { status, body } = await app.get<ErrorBody>('/keys');
    expect([status, body.message]).toEqual([401, expect.stringContaining('set ADMIN_KEY')]);
  });
});

describe('A folder for keys that cannot be used', () => {
  it('refuses to create keys and says why, and everything else works', async () => {
    const DATA_DIR = temporaryFolder();
    writeFileSync(join(DATA_DIR, 'keys'), 'not a folder');
    await start({ DATA_DIR });
    const refused = await create({ name: 'search' });
    expect([refused.status, refused.body.message]).toEqual([507, expect.stringContaining('under DATA_DIR')]);
    expect((await app.embed('a text')).status).toBe(200);
    expect(app.log.text()).toContain('Keys cannot be created');
  });

  it('stops the start if its file is damaged, because callers may need a key that is in it', async () => {
    const DATA_DIR = temporaryFolder();
    await start({ DATA_DIR });
    await create({ name: 'search' });
    await app.close();
    const file = join(DATA_DIR, 'keys', 'keys-1.lmdb');
    writeFileSync(file, 'damaged');
    await expect(TestApp.start({ DATA_DIR, ADMIN_KEY })).rejects.toThrow(/The stored keys in .*keys-1.lmdb under DATA_DIR cannot be used/);
    rmSync(file);
    await start({ DATA_DIR });
    expect((await app.embed('a text')).status).toBe(200);
  });
});

describe('The use of keys by day', () => {
  const CSV = 'day,name,requests,refused,texts,tokens,job_texts\r\n';

  it('is kept over a restart, and shown as JSON, as CSV and in /stats', async () => {
    const DATA_DIR = temporaryFolder();
    const today = new Date().toISOString().slice(0, 10);
    await start({ DATA_DIR });
    const { secret } = (await create({ name: 'search', requests: 2 })).body;
    for (let call = 0; call < 3; call++) await statusWith(secret);
    await app.post('/keys/search/rotate', {}, AS_ADMIN);
    await app.close();

    await start({ DATA_DIR });
    const rows = (await app.get<{ data: readonly { name: string }[] }>('/keys/usage', AS_ADMIN)).body.data;
    const used = { day: today, requests: 3, refused: 1, texts: 2, tokens: expect.any(Number), job_texts: 0 };
    expect(rows.find(({ name }) => name === 'search')).toEqual({ name: 'search', ...used });
    const csv = await app.get<string>('/keys/usage?format=csv&name=search&days=1', AS_ADMIN);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.body).toMatch(new RegExp(`^${CSV}${today},search,3,1,2,\\d+,0\r\n$`));
    const { keys } = await app.stats(AS_ADMIN);
    expect(keys?.find(({ name }) => name === 'search')).toMatchObject({ requests: 0, days: [used] });

    await remove('/keys/search'); // its use stays
    expect((await app.get<string>('/keys/usage?format=csv&name=search', AS_ADMIN)).body).toContain('search,3');
    expect((await app.get<string>('/keys/usage?format=csv&name=none', AS_ADMIN)).body).toBe(CSV);
  });

  it('refuses a query that it does not understand', async () => {
    await start();
    for (const query of ['days=0', 'days=101', 'days=1.5', 'format=xml', 'since=monday', 'name=a&name=b'])
      expect([query, (await app.get(`/keys/usage?${query}`, AS_ADMIN)).status]).toEqual([query, 400]);
  });
});

describe('The file of API_KEYS_FILE', () => {
  const [search, other] = [makeKey('search'), makeKey('other')];
  let file: string;

  beforeEach(() => {
    file = join(temporaryFolder(), 'keys');
    writeFileSync(file, `${search.entry}\n`);
  });

  async function untilKnown(secret: string): Promise<void> {
    await eventually('the key of the changed file', async () => (await statusWith(secret)) === 200);
  }

  it('is read again when it is written, replaced, or behind a link that moves', async () => {
    const replacement = join(temporaryFolder(), 'keys');
    const link = join(temporaryFolder(), 'link');
    symlinkSync(file, link);
    await start({ API_KEYS_FILE: link });
    expect([await statusWith(search.secret), await statusWith(other.secret)]).toEqual([200, 401]);
    writeFileSync(file, `# two keys\n${search.entry}\n${other.entry}\n`);
    await untilKnown(other.secret);

    writeFileSync(replacement, search.entry);
    renameSync(replacement, file);
    await eventually('the removed key to be refused', async () => (await statusWith(other.secret)) === 401);

    writeFileSync(replacement, other.entry);
    symlinkSync(replacement, `${link}-next`);
    renameSync(`${link}-next`, link);
    await untilKnown(other.secret);
    expect(await statusWith(search.secret)).toBe(401);
  });

  it('keeps the last good keys while it is wrong or gone, and the log names the fault without the entry', async () => {
    await start({ API_KEYS_FILE: file, API_KEYS: other.entry });
    writeFileSync(file, `${search.entry}\nwrong:my-secret\nsecond:my-secret\n`);
    await eventually('the fault in the log', () => app.log.text().includes('line 2: its hash must be 64 hex digits'));
    expect(app.log.text()).toContain('(and 1 more)');
    expect([await statusWith(search.secret), await statusWith(other.secret)]).toEqual([200, 200]);
    rmSync(file);
    await eventually('the missing file in the log', () => app.log.text().includes('cannot be read'));
    expect([await statusWith(search.secret), app.log.text().includes('my-secret')]).toEqual([200, false]);
    expect(app.log.text().match(/last good ones stay in use/g)).toHaveLength(2);

    writeFileSync(file, makeKey('third').entry);
    await eventually('the good file', async () => (await statusWith(search.secret)) === 401);
  });

  it('wins over a stored key of the same name, which is shown as unused and can be revoked', async () => {
    await start({ API_KEYS_FILE: file });
    const { secret } = (await create({ name: 'other' })).body;
    expect(await statusWith(secret)).toBe(200);
    writeFileSync(file, `${search.entry}\n${other.entry}\n`);
    await untilKnown(other.secret);
    expect(await statusWith(secret)).toBe(401);
    expect((await list()).filter(({ name }) => name === 'other')).toMatchObject([{ source: 'API_KEYS_FILE' }, { state: 'shadowed' }]);
    expect(app.log.text()).toContain('the settings have keys of the same names: other');
    expect((await remove('/keys/other')).status).toBe(204);
    expect(await statusWith(other.secret)).toBe(200);
  });

  it('stops the start while it is wrong', async () => {
    await start();
    writeFileSync(file, 'search:my-secret\n');
    await expect(TestApp.start({ API_KEYS_FILE: file })).rejects.toThrow(/API_KEYS_FILE=.* is not allowed: line 1: its hash/);
  });
});
