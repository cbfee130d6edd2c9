import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { embed, embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { makeKey } from './support/make-key.js';
import { closeBrowser, embedOnPage, openPage } from './support/open-page.js';
import { type StartedRedis, startRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';
import { violations } from './support/violations.js';

const ADMIN_KEY = 'an-admin-key-of-the-test';
const search = makeKey('search');
const reports = makeKey('reports');
const admin = { authorization: `Bearer ${ADMIN_KEY}` };

let redis: StartedRedis;
let service: StartedService;

beforeAll(async () => {
  redis = await startRedis();
  service = await startService({
    API_KEYS: [search, reports].map(({ entry }) => entry).join(','),
    ADMIN_KEY,
    QUEUE_REDIS_URL: redis.url,
    RATE_LIMIT_REQUESTS: '0',
    EMBEDDING_WORKERS: '1',
  });
});

afterAll(async () => {
  await closeBrowser();
  await service.stop();
  await redis.stop();
});

async function use(page: Page, key: string): Promise<void> {
  await page.fill('#key', key);
  await page.click('#key-use');
}

async function openWith(key: string): Promise<Page> {
  const { page } = await openPage(service.url);
  await page.click('#key-button');
  await use(page, key);
  await page.locator('#facts', { hasText: 'all-MiniLM-L6-v2' }).waitFor();
  return page;
}

describe('the front page of a service with keys', () => {
  it('shows the live figures without a key, and says that the rest needs one', async () => {
    const { page } = await openPage(service.url);
    await page.locator('#locked', { hasText: 'This service asks for a key.' }).waitFor();
    await page.locator('.tile', { hasText: 'Workers' }).waitFor();

    expect(await page.locator('#facts').innerText()).toBe('');
    expect(await page.locator('#admin, #admin-link').filter({ visible: true }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
  });

  it('asks for a key when one is needed, explains a wrong one, and then does the work', async () => {
    const { page } = await openPage(service.url);
    await page.click('#embed');
    await page.locator('#key-intro', { hasText: 'This service asks for a key.' }).waitFor();
    for (const [key, fault] of [
      ['wrong', 'does not know this key'],
      ['two words', 'without spaces'],
    ] as const) {
      await use(page, key);
      await page.locator('#key-fault', { hasText: fault }).waitFor();
    }
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('#fault-message', { hasText: 'This service asks for a key.' }).waitFor();

    await page.getByRole('button', { name: 'Give a key' }).last().click();
    await page.fill('#key', search.secret);
    await page.keyboard.press('Enter');
    await page.locator('#summary', { hasText: '8 vectors' }).waitFor();
    expect(await page.locator('#fault, #locked').filter({ visible: true }).count()).toBe(0);
    expect(await page.locator('#facts').innerText()).toContain('all-MiniLM-L6-v2');
  });

  it('keeps the key for this tab over a reload, and neither shows it nor sends it elsewhere', async () => {
    const page = await openWith(search.secret);
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await page.reload();
    await page.locator('#key-button', { hasText: 'Key in use' }).waitFor();
    await embedOnPage(page);
    await page.click('#tab-code');

    expect(await page.locator('#panel-code').innerText()).toContain('Bearer $API_KEY');
    expect(await page.content()).not.toContain(search.secret);
    expect([page.url(), ...addresses].filter((address) => address.includes(search.secret))).toEqual([]);
    expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, '']);
    const newTab = await page.context().newPage();
    await newTab.goto(`${service.url}/`);
    await newTab.locator('#locked').waitFor();
  });

  it('forgets the key on request', async () => {
    const page = await openWith(search.secret);
    await page.click('#key-button');
    await page.click('#key-forget');
    await page.locator('#locked').waitFor();

    expect(await page.locator('#key-button').innerText()).toBe('Key');
    expect(await page.evaluate('sessionStorage.getItem("key")')).toBeNull();
    await page.click('#locked-key');
    expect(await page.locator('#key-forget').isVisible()).toBe(false);
    await page.click('#key-cancel');
    expect(await page.locator('#key-dialog').isVisible()).toBe(false);
  });

  it('computes a file with the key, finds the job again after a reload, and downloads its results', async () => {
    const page = await openWith(search.secret);
    await page.setInputFiles('#file', { name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from('one\ntwo') });
    await page.click('#start-job');
    await page.locator('#job-state', { hasText: 'Done.' }).waitFor();
    await page.reload();
    await page.locator('.job-head', { hasText: 'two.txt · Done.' }).waitFor();
    const { embeddings } = (await embedBatch(service.url, ['one', 'two'], search.headers)).body;

    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'as JSON', exact: true }).click()]);
    const { results } = JSON.parse(readFileSync(await saved.path(), 'utf8')) as { results: readonly { embedding: readonly number[] }[] };
    expect(results.map(({ embedding }) => embedding)).toEqual(embeddings);
    await page.click('#key-button');
    await use(page, reports.secret);
    await page.locator('#key-dialog').waitFor({ state: 'hidden' });
    await page.reload(); // this key cannot see the job of another key
    await page.locator('#facts', { hasText: 'all-MiniLM-L6-v2' }).waitFor();
    await eventually('the job to be let go', async () => (await page.evaluate('sessionStorage.getItem("job")')) === null);
    expect(await page.locator('#job').isVisible()).toBe(false);
  });
});

describe('administration on the front page', () => {
  it('is hidden from the key of a client', async () => {
    const page = await openWith(search.secret);
    await page.click('#admin-open');
    await use(page, search.secret);
    await page.locator('#key-fault', { hasText: 'may embed, but not administrate' }).waitFor();

    expect(await page.locator('#admin').isVisible()).toBe(false);
  });

  it.each(['light', 'dark'] as const)('is shown with the admin key, breaks no rule of axe-core, %s', async (colorScheme) => {
    const { page } = await openPage(service.url, { colorScheme, viewport: { width: 360, height: 800 } });
    await page.click('#admin-open');
    await use(page, ADMIN_KEY);
    await page.locator('#keys-rows tr').first().waitFor();

    expect(await page.locator('#key-button').innerText()).toBe('Admin');
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page.click('#forget-all');
    expect(await violations(page)).toEqual([]);
  });

  it('shows the use of each key', async () => {
    await embed(service.url, 'a text of reports', reports.headers);
    const page = await openWith(ADMIN_KEY);
    const row = page.locator('#keys-rows tr', { hasText: 'reports' });

    expect(await page.locator('#keys-rows th').allInnerTexts()).toEqual(['search', 'reports', 'ADMIN_KEY']);
    const [role, requests, refused, texts] = await row.locator('td').allInnerTexts();
    expect([role, Number(requests) > 0, refused, texts]).toEqual(['client', true, '0', '1']);
    expect(await row.locator('td').last().innerText()).toBe('just now');
  });

  it('creates a key, shows its secret once, gives it a new one, and revokes it after a confirmation', async () => {
    const page = await openWith(ADMIN_KEY);
    const row = page.locator('#managed-keys tr', { hasText: 'from-page' });
    const statusOf = async (secret: string) => (await embed(service.url, 'a text', { 'x-api-key': secret })).status;
    await page.fill('#new-key-name', 'two words');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.locator('#new-key-fault', { hasText: 'must be 1 to 64 letters' }).waitFor();
    await page.fill('#new-key-name', 'from-page');
    await page.fill('#new-key-requests', '600');
    await page.fill('#new-key-days', '30');
    await page.getByRole('button', { name: 'Create key' }).click();
    await row.waitFor();
    const first = await page.locator('#issued-secret').innerText();
    expect([await statusOf(first), await row.locator('td').nth(4).innerText()]).toEqual([200, '600']);
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Rotate from-page' }).click();
    await page.click('#confirm-yes');
    await row.filter({ hasText: 'two secrets' }).waitFor();
    const second = await page.locator('#issued-secret').innerText();
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200]);
    await page.getByRole('button', { name: 'Hide' }).click();
    expect(await page.content()).not.toContain(second);

    await page.getByRole('button', { name: 'Revoke from-page' }).click();
    await page.click('#confirm-no');
    expect(await statusOf(second)).toBe(200);
    await page.getByRole('button', { name: 'Revoke from-page' }).click();
    await page.click('#confirm-yes');
    await row.waitFor({ state: 'detached' });
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 401]);
    expect(await page.locator('#managed-keys tr', { hasText: 'search' }).getByRole('button').count()).toBe(0);
  });

  it('shows the use of keys by day, and downloads it as CSV', async () => {
    await embed(service.url, 'a text of reports', reports.headers);
    const page = await openWith(ADMIN_KEY);
    const today = new Date().toISOString().slice(0, 10);
    await page.locator('#usage-rows tr', { hasText: 'reports' }).filter({ hasText: today }).waitFor();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#usage-csv')]);
    expect(saved.suggestedFilename()).toBe('key-usage.csv');
    const lines = readFileSync(await saved.path(), 'utf8').split('\r\n');
    expect(lines[0]).toBe('day,name,requests,refused,texts,tokens,job_texts');
    expect(lines.some((line) => line.startsWith(`${today},reports,`))).toBe(true);
  });

  it('lists the slowest requests and where their time went', async () => {
    await embed(service.url, 'a text that was computed', { ...reports.headers, 'x-request-id': 'the-computed-one' });
    const page = await openWith(ADMIN_KEY);
    const row = page.locator('#slow-rows tr', { hasText: 'the-computed-one' });
    const [, took, status, texts, cached, queue, , inference] = await row.locator('td').allInnerTexts();

    expect(await row.locator('th').innerText()).toBe('POST /embed');
    expect([status, texts, cached]).toEqual(['200', '1', 'none']);
    for (const ms of [took, queue, inference]) expect(ms).toMatch(/^\d+\.?\d*$/);
  });

  it('shows the cache, and deletes texts or everything after a confirmation', async () => {
    const page = await openWith(ADMIN_KEY);
    const cached = async (text: string) => (await embed(service.url, text, admin)).body.cached;
    const [first, second] = ['to be forgotten', 'to be kept'];
    await cached(first);
    await cached(second);
    await page.fill('#forget-area', first);
    await page.click('#forget-texts');
    await page.click('#confirm-no');
    expect(await cached(first)).toBe(true);
    await page.click('#forget-texts');
    await page.click('#confirm-yes');
    await page.locator('#cache-answer', { hasText: 'Forgot 1 vector.' }).waitFor();
    expect([await cached(first), await cached(second)]).toEqual([false, true]);

    await page.click('#forget-all');
    await page.locator('#confirm-title', { hasText: 'Forget every stored vector?' }).waitFor();
    await page.click('#confirm-yes');
    await page.locator('#cache-answer', { hasText: /Forgot \d+ vectors\./ }).waitFor();
    await page.locator('#cache-facts', { hasText: /Vectors stored\s*0/ }).waitFor();
    expect(await cached(second)).toBe(false);
    await page.fill('#forget-area', ' ');
    await page.click('#forget-texts');
    await page.locator('#cache-answer', { hasText: 'one a line' }).waitFor();
  });

  it('links to the queue board, whose password is the admin key', async () => {
    const { page } = await openPage(service.url, { httpCredentials: { username: 'anybody', password: ADMIN_KEY } });
    await page.click('#admin-open');
    await use(page, ADMIN_KEY);
    const [board] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'Open the queue board' }).click()]);

    await board.getByText('embedding-chunks').first().waitFor();
    expect(new URL(board.url()).pathname).toMatch(/^\/queues/);
  });
});
