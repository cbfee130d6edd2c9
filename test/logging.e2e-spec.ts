import { once } from 'node:events';
import { connect } from 'node:net';
import { embed, embedBatch } from './support/embed.js';
import { makeKey } from './support/make-key.js';
import { postJson } from './support/post-json.js';
import { startService, type StartedService } from './support/start-service.js';

const ADMIN_KEY = 'an-admin-key-for-tests-only';
const SECRETS = ['a secret text', 'secret-in-a-path', 'secret-in-a-query', 'secret-in-a-header', ADMIN_KEY];
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

interface Line {
  readonly level: number;
  readonly context: string;
  readonly method: string;
  readonly route: string;
  readonly requestId: string;
  readonly status: number;
  readonly ms: number;
}

/** What the start tells the person who started the service. */
const FOR_PEOPLE = /^$|^(?:Starting|Still|Model|Prompts|Space|Computes|Cache|Limit|Keys|Redis|Jobs|Pages|Listening|Docs|Try) /;

/** The log of the service after its end, without the announcement at its start. */
async function logOf(service: StartedService): Promise<{ readonly text: string; readonly lines: readonly Line[] }> {
  expect(await service.stop()).toBe(0);
  const text = service.stdout();
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  expect(text.split('\n').filter((line) => !line.startsWith('{') && !FOR_PEOPLE.test(line))).toEqual([]);
  return { text, lines: lines.map((line) => JSON.parse(line) as Line) };
}

function requestsIn(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ context }) => context === 'Http');
}

/** Sends bytes unchanged, which HTTP clients do not do. */
async function sendRaw({ url }: StartedService, head: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.resume().write(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
}

describe('the log', () => {
  it('has one line of JSON for each request, with its id and without its content', async () => {
    const service = await startService({ ADMIN_KEY });
    const { url } = service;
    await embed(url, 'a secret text', { 'x-request-id': 'mine:1' });
    await embed(url, 'a secret text', { authorization: 'Bearer secret-in-a-header', cookie: 'secret-in-a-header' });
    const { headers } = await embedBatch(url, ['a secret text', 'x'.repeat(20_000)]);
    await postJson(`${url}/embed`, '{"text": "a secret text');
    await postJson(`${url}/cache/invalidate`, { texts: ['a secret text'] }, { 'x-api-key': ADMIN_KEY });
    await fetch(`${url}/secret-in-a-path?q=secret-in-a-query`);
    await fetch(`${url}/stats?q=secret-in-a-query`);
    for (const path of ['/health', '/health/live', '/health/ready', '/ready', '/metrics']) await fetch(url + path);
    const { text, lines } = await logOf(service);

    expect(requestsIn(lines).map(({ level, method, route, status }) => [level, method, route, status])).toEqual([
      [30, 'POST', '/embed', 200],
      [30, 'POST', '/embed', 200],
      [30, 'POST', '/embed/batch', 400],
      [30, 'POST', '/embed', 400],
      [30, 'POST', '/cache/invalidate', 200],
      [30, 'any', 'unknown', 404],
      [30, 'GET', '/stats', 200],
    ]);
    const [first, second, third] = requestsIn(lines);
    expect([first?.requestId, third?.requestId]).toEqual(['mine:1', headers.get('x-request-id')]);
    expect(second?.requestId).toMatch(UUID);
    expect(requestsIn(lines).every(({ ms }) => ms > 0)).toBe(true);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });

  it('has no key and no hash of a key, not even at the level debug', async () => {
    const { secret, entry, headers } = makeKey('search');
    const service = await startService({ API_KEYS: entry, ADMIN_KEY, LOG_LEVEL: 'debug', EMBEDDING_WORKERS: '1' });
    const statuses = [headers, { 'x-api-key': `${secret}x` }, { 'x-api-key': ADMIN_KEY }].map(
      async (sent) => (await embed(service.url, 'a text', sent)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 401, 200]);
    const { text, lines } = await logOf(service);

    expect(requestsIn(lines)).toHaveLength(3);
    for (const hidden of [secret.slice(3), entry.split(':')[1], ADMIN_KEY]) expect(text + service.stderr()).not.toContain(hidden);
  });

  it('cannot be forged by callers', async () => {
    const service = await startService();
    const forged = '{"level":60,"msg":"forged"}';
    for (const id of [forged, `a\u2028${forged}`, '\u001b[31mred', 'x'.repeat(4000)])
      await sendRaw(service, `GET /stats HTTP/1.1\r\nX-Request-Id: ${id}`);
    await sendRaw(service, `GET /%0a${encodeURIComponent(forged)} HTTP/1.1`);
    await sendRaw(service, `FORGED ${forged} HTTP/1.1`);
    const { text, lines } = await logOf(service);

    expect(text).not.toContain('forged');
    expect(text).not.toContain('\u001b');
    expect(requestsIn(lines).filter(({ requestId }) => !UUID.test(requestId))).toEqual([]);
    expect(requestsIn(lines)).toHaveLength(4); // the others are refused before they count as requests
  });
});
