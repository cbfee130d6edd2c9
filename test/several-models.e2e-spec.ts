import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { closeBrowser, embedOnPage, openPage } from './support/open-page.js';
import { postJson } from './support/post-json.js';
import { readMetric } from './support/read-metric.js';
import { type StartedService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { violations } from './support/violations.js';
import { scrollingSideways } from './support/wider-than-screen.js';

const MODELS = [{ source: 'all-MiniLM-L6-v2' }, { name: 'short', source: 'all-MiniLM-L6-v2', max_tokens: 16, pooling: 'cls' }];

/** A script for the page. */
const READ_MODELS_AGAIN = `import('/assets/service.js').then(({ askService }) => new Promise((resolve) => {
  document.addEventListener('modelstates', resolve, { once: true });
  void askService();
}))`;

let service: StartedService;

beforeAll(async () => {
  const file = join(temporaryFolder(), 'models.json');
  writeFileSync(file, JSON.stringify({ models: MODELS }));
  service = await startService({ MODELS_FILE: file, RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
});

afterAll(closeBrowser);

async function factsOf(page: Page, words: string): Promise<string> {
  return await page.locator('#facts', { hasText: words }).innerText();
}

describe('a service with two models of this machine', () => {
  it('has each in its own space, and has counters of each from the start', async () => {
    expect(await readMetric(service.url, 'embedding_worker_restarts_total', { model: 'short' })).toBe(0);
    const ask = async (model: string) =>
      await postJson<{ truncated: boolean }>(`${service.url}/embed`, { text: 'word '.repeat(30), model });
    const [long, short] = [await ask('all-minilm'), await ask('short')];
    expect([long.body.truncated, short.body.truncated]).toEqual([false, true]);
    expect(long.headers.get('x-embedding-space')).not.toBe(short.headers.get('x-embedding-space'));
    expect(await readMetric(service.url, 'embedding_workers', { model: 'short' })).toBe(1);
  });

  it('lets the page choose one, shows its card and its figures, and compares both on the same texts', async () => {
    const { page, complaints } = await openPage(service.url, { viewport: { width: 360, height: 800 } });
    expect(await factsOf(page, 'Tokens')).toMatch(/all-MiniLM-L6-v2[^]*256/);
    await page.selectOption('#model', 'short');
    expect(await factsOf(page, 'short')).toMatch(/Tokens\s*16[^]*Prompts\s*none/);
    const [request] = await Promise.all([page.waitForRequest('**/embed/batch'), embedOnPage(page)]);
    expect(request.postDataJSON()).toMatchObject({ model: 'short' });

    await page.click('#tab-search');
    await page.fill('#query', 'a pet that sleeps');
    await page.selectOption('#other-model', 'all-MiniLM-L6-v2');
    await page.click('#search');
    await page.locator('#other-note', { hasText: /^all-MiniLM-L6-v2: 8 of 8 are the same texts/ }).waitFor();
    expect(await page.locator('#search-results li').count()).toBe(8);
    expect(await page.locator('#other-results li').count()).toBe(8);
    await page.evaluate(READ_MODELS_AGAIN); // the page of an admin does so every ten seconds
    expect(await page.locator('#search-results li').count()).toBe(8);
    await page.locator('#live-models-rows tr', { hasText: 'short' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await scrollingSideways(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
