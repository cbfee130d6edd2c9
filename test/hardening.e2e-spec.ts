import { connect } from 'node:net';
import { launchChromium } from '../scripts/chromium.js';
import { embed } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { startRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(180_000);

const ADMIN_KEY = 'a-key-for-tests-only';

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0', REQUEST_TIMEOUT_MS: '2000', MAX_CONNECTIONS: '20', LOG_LEVEL: 'debug' });
});

/** Sends only these bytes, and returns everything that the service sends until it closes the connection. */
async function answerTo(sent: string): Promise<string> {
  return await new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => socket.write(sent));
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

describe('the service', () => {
  it.each([
    { what: 'headers', sent: 'POST /embed HTTP/1.1\r\nHost: a\r\n' },
    { what: 'a body', sent: 'POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"text"' },
  ])('waits for $what no longer than REQUEST_TIMEOUT_MS', async ({ sent }) => {
    expect(await answerTo(sent)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('reads no more than 16 KiB of headers', async () => {
    expect(await answerTo(`GET /health HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('closes connections past MAX_CONNECTIONS, and still serves the others', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => answerTo('GET /health HTTP/1.1\r\n')));
    expect(answers.filter((answer) => answer === '').length).toBeGreaterThanOrEqual(20);
    expect((await embed(service.url, 'a text')).status).toBe(200);
  });

  it.each(['*health', '*queues', '*stats', '*', 'health'])('has no route for the invalid path %s', async (target) => {
    expect(await answerTo(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 40[04] /);
  });

  it('logs probes too, at the level debug', async () => {
    await fetch(`${service.url}/health/live`);
    await eventually('a line for the probe', () => /"level":20,.*"route":"\/health\/live",.*"status":200/.test(service.stdout()));
  });

  it('writes one log line for a request, even for hostile input', async () => {
    const forged = '{"level":50,"msg":"forged"}';
    await fetch(`${service.url}/%0a${encodeURIComponent(forged)}?a=%0d%0a${encodeURIComponent(forged)}`, {
      headers: { 'user-agent': forged, 'x-request-id': `${forged} x` },
    });
    const lines = service
      .stdout()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line) as unknown).length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes('forged'))).toEqual([]);
  });

  it('has a documentation that works under its content security policy', async () => {
    const { complaints, policy } = await visit(`${service.url}/docs`, '.opblock');
    expect(policy).toMatch(/default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
    expect(complaints).toEqual([]);
  });

  it('has a queue board that works under its content security policy', async () => {
    const redis = await startRedis();
    const { url } = await startService({ REDIS_URL: redis.url, ADMIN_KEY, EMBEDDING_WORKERS: '1' });
    const { complaints, policy } = await visit(`${url}/queues`, 'text=embedding');
    expect(policy).toContain("script-src 'self'");
    expect(complaints.filter((complaint) => !complaint.includes('https://fonts.googleapis.com/'))).toEqual([]); // the board asks for a font there, and works without it
  });
});

/** The errors of a browser on a page until this element is on it. */
async function visit(url: string, selector: string): Promise<{ readonly complaints: readonly string[]; readonly policy: string }> {
  const browser = await launchChromium();
  const context = await browser.newContext({ httpCredentials: { username: 'anybody', password: ADMIN_KEY } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  const answer = await page.goto(url);
  await page.locator(selector).first().waitFor({ timeout: 30_000 });
  await browser.close();
  return { complaints, policy: answer?.headers()['content-security-policy'] ?? '' };
}
