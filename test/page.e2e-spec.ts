import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { KeptMetrics } from '../src/replicas/metrics-history.js';
import type { BatchBody } from './support/embed.js';
import { embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { closeBrowser, embedOnPage, openPage } from './support/open-page.js';
import { type StartedService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { violations } from './support/violations.js';
import { scrollingSideways } from './support/wider-than-screen.js';

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0' });
});

afterAll(closeBrowser);

async function write(page: Page, ...lines: readonly string[]): Promise<void> {
  await page.fill('#texts', lines.join('\n'));
}

async function show(page: Page, tab: 'map' | 'similarity' | 'search' | 'vectors' | 'code'): Promise<void> {
  await page.click(`#tab-${tab}`);
}

async function tile(page: Page, name: string, text: RegExp): Promise<void> {
  await page.locator('.tile', { hasText: name }).filter({ hasText: text }).waitFor();
}

// First, because these figures are those of the service's last minute.
describe('the live figures', () => {
  it('follow the service, and are drawn', async () => {
    const { page } = await openPage(service.url);
    await tile(page, 'Workers', /of \d+ busy/);
    await tile(page, 'Queue', /0 texts[\s\S]*in flight: 0/);
    await page.fill('#texts', 'a text that is asked for twice');
    await embedOnPage(page);
    await page.click('#embed');
    await tile(page, 'Cache hit rate', /50 %/);
    await tile(page, 'Latency p50', /\d ms[\s\S]*p95 [\d.]+ ms · p99/);
    await tile(page, 'Requests', /0\.\d+ \/s|[1-9]\S* \/s/);
    await page.locator('#connection', { hasText: 'Live' }).waitFor();

    const drawn = await page.evaluate(`[...document.querySelectorAll('.plot canvas')].map((canvas) =>
      canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0))`);
    expect(drawn).toEqual([true, true, true, true]);
  });
});

describe('the front page', () => {
  it('shows the model, loads under a policy without exceptions, and calls no other host', async () => {
    const { page, complaints } = await openPage(service.url);
    const origins = new Set<string>();
    page.on('request', (request) => origins.add(new URL(request.url()).origin));
    await page.reload();
    await page.locator('#facts', { hasText: 'all-MiniLM-L6-v2' }).waitFor();
    await embedOnPage(page);

    expect(await page.locator('#facts').innerText()).toContain('384');
    expect(await page.locator('#dimensions').innerText()).toBe('384 numbers');
    expect([...origins]).toEqual([service.url]);
    expect(complaints).toEqual([]);
  });

  it('has no dead links', async () => {
    const { page } = await openPage(service.url);
    const links = (await page.evaluate('[...document.querySelectorAll("a[href]:not([hidden])")].map(({ href }) => href)')) as string[];

    expect(links.length).toBeGreaterThan(8);
    for (const link of links) {
      const { hash } = new URL(link);
      if (hash === '') expect([link, (await fetch(link)).status]).toEqual([link, 200]);
      else expect([link, await page.locator(hash).count()]).toEqual([link, 1]);
    }
  });

  it('has no sources among its files', async () => {
    expect((await fetch(`${service.url}/assets/tsconfig.json`)).status).toBe(404);
  });
});

describe('trying it', () => {
  it('shows an empty state, then the vectors of the API and their origin', async () => {
    const { page } = await openPage(service.url, { permissions: ['clipboard-read', 'clipboard-write'] });
    expect(await page.locator('#panel-map .empty').innerText()).toContain('Embed');
    await write(page, 'one vector', '  ', 'two vectors ');
    expect(await embedOnPage(page)).toMatch(/^2 vectors in \S+ ms · all computed · \d+ tokens$/);
    expect(await page.locator('#stages').innerText()).toMatch(/tokenize\s[\s\S]*inference\s/);
    await show(page, 'vectors');
    expect(await page.locator('.vectors .badge').allInnerTexts()).toEqual(['computed', 'computed']);
    const { embeddings } = (await embedBatch(service.url, ['one vector', 'two vectors'])).body;

    await page.getByRole('button', { name: 'Copy vector 2 as JSON' }).click();
    await page.getByText('Copied').waitFor();
    expect(JSON.parse(await page.evaluate('navigator.clipboard.readText()'))).toEqual(embeddings[1]);
    await page.getByRole('button', { name: 'Copy all vectors as JSON' }).click();
    await page.locator('.small', { hasText: 'Copied' }).first().waitFor();
    expect(JSON.parse(await page.evaluate('navigator.clipboard.readText()'))).toEqual(embeddings);
  });

  it('shows for each text whether it was cached', async () => {
    const { page } = await openPage(service.url);
    await show(page, 'vectors');
    await write(page, 'known text');
    expect(await embedOnPage(page)).toMatch(/^1 vector in .*all computed/);
    await write(page, 'known text', 'unknown text');
    await page.click('#embed');
    await page.locator('#summary', { hasText: '1 from the cache' }).waitFor();
    expect(await page.locator('.vectors .badge').allInnerTexts()).toEqual(['from the cache', 'computed']);
    await show(page, 'map');
    await page.locator('.map .cached', { hasText: 'known text' }).waitFor();
    await show(page, 'vectors');

    await page.click('#embed');
    await page.locator('#summary', { hasText: 'all from the cache' }).waitFor();
    expect(await page.locator('.vectors .badge').allInnerTexts()).toEqual(['from the cache', 'from the cache']);
    await page.check('#recompute');
    await page.click('#embed');
    await page.locator('#summary', { hasText: 'all computed' }).waitFor();
  });

  it('marks a text whose end was cut off', async () => {
    const { page } = await openPage(service.url);
    await write(page, 'word '.repeat(400), 'short');
    await embedOnPage(page);
    await show(page, 'vectors');

    expect(await page.locator('.vectors li').first().innerText()).toContain('end cut off');
    expect(await page.locator('.vectors li').last().innerText()).not.toContain('end cut off');
  });

  it('shows texts of similar meaning together: in the table of cosines, in the pairs, on the map', async () => {
    const { page } = await openPage(service.url);
    await write(page, 'A cat sleeps on the sofa.', 'The stock market fell today.', 'A kitten naps on the couch.');
    await embedOnPage(page);
    const place = async (index: number) => {
      const circle = page.locator('.map circle').nth(index);
      return { x: Number(await circle.getAttribute('cx')), y: Number(await circle.getAttribute('cy')) };
    };
    const [cat, market, kitten] = [await place(0), await place(1), await place(2)];
    const away = (left: typeof cat, right: typeof cat) => Math.hypot(left.x - right.x, left.y - right.y);
    expect(away(cat, kitten)).toBeLessThan(away(cat, market) / 2);

    await show(page, 'similarity');
    const cells = (await page.locator('.heat td').allInnerTexts()).map(Number);
    expect([cells[0], cells[4], cells[8]]).toEqual([1, 1, 1]);
    expect(cells[2]).toBeGreaterThan((cells[1] ?? 1) + 0.3);
    expect(await page.locator('.pairs li').first().innerText()).toMatch(/cat.*kitten/s);
    await page.locator('.heat td').nth(2).hover();
    await page.locator('#panel-similarity .view-note', { hasText: '“A kitten naps on the couch.”' }).waitFor();
  });

  it('takes a hundred texts, and explains what to do with more, or with none', async () => {
    const { page } = await openPage(service.url);
    await write(page, ...Array.from({ length: 100 }, (_, index) => `text number ${index}`));
    expect(await embedOnPage(page)).toMatch(/^100 vectors/);
    await show(page, 'similarity');
    expect(await page.locator('.heat td').count()).toBe(10_000);

    await write(page, ...Array.from({ length: 101 }, (_, index) => `text number ${index}`));
    await page.click('#embed');
    expect(await page.getByRole('alert').innerText()).toContain('there are 101. A file may have many more: it is computed as a job.');
    await page.getByRole('button', { name: 'Use them as a file' }).click();
    await page.locator('#file-count', { hasText: 'texts.txt: 101 texts' }).waitFor();
    await page.click('#start-job');
    await page.locator('#job-figures', { hasText: '101 of 101 texts' }).waitFor();
    await page.click('#clear');
    expect(await page.locator('#panel-similarity .empty').count()).toBe(1);
    await page.click('#embed');
    expect(await page.getByRole('alert').innerText()).toContain('Write at least one line');
    await page.click('#examples');
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    expect(await embedOnPage(page)).toMatch(/^8 vectors/);
  });

  it('shows the fault of a text in the words of the service', async () => {
    const { page } = await openPage(service.url);
    await write(page, 'x'.repeat(10_001));
    await page.click('#embed');

    expect(await page.getByRole('alert').innerText()).toContain('at most 10000 characters');
  });
});

describe('the search on the page', () => {
  const found = async (page: Page): Promise<readonly string[]> => await page.locator('#search-results .found-text').allInnerTexts();

  it('finds the texts that are nearest to a query, by keyboard, with the vectors of a query and of documents', async () => {
    const { page, complaints } = await openPage(service.url, { viewport: { width: 360, height: 800 }, colorScheme: 'dark' });
    const bodies: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/embed')) bodies.push(request.postDataJSON());
    });
    await write(page, 'The oven is hot.', 'I cannot log in.', 'A cat sleeps.');
    await page.focus('#tab-map');
    for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await page.focus('#query');
    await page.keyboard.type('Where do I reset my password?');
    await page.keyboard.press('Enter');
    await page.locator('#search-note', { hasText: '3 texts, by cosine.' }).waitFor();

    expect((await found(page))[0]).toBe('I cannot log in.');
    const scores = (await page.locator('#search-results b').allInnerTexts()).map(Number);
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
    expect(bodies).toEqual([
      { text: 'Where do I reset my password?', input_type: 'query' },
      { texts: ['The oven is hot.', 'I cannot log in.', 'A cat sleeps.'], input_type: 'document' },
    ]);
    expect(await violations(page)).toEqual([]);
    expect(await scrollingSideways(page)).toEqual([]);

    await page.fill('#query', 'a kitten');
    await page.keyboard.press('Enter');
    await page.locator('#search-results li', { hasText: 'A cat sleeps.' }).first().waitFor();
    await page.locator('#search-results li:first-child', { hasText: 'A cat sleeps.' }).waitFor();
    expect(bodies).toHaveLength(3); // the texts are embedded once
    expect(complaints).toEqual([]);
  });

  it('says what is missing, and forgets the results of other texts', async () => {
    const { page } = await openPage(service.url);
    await show(page, 'search');
    await page.click('#search');
    expect(await page.getByRole('alert').innerText()).toBe('Write what you look for.');
    await page.fill('#query', 'anything');
    await page.click('#search');
    await page.locator('#search-results li').nth(7).waitFor();
    await write(page, '');
    expect(await found(page)).toEqual([]);
    await page.click('#search');
    expect(await page.getByRole('alert').innerText()).toContain('There are no texts to search in.');
    await write(page, 'x'.repeat(10_001));
    await page.click('#search');
    await page.locator('#search-fault', { hasText: 'at most 10000 characters' }).waitFor();
  });
});

describe('the code that the page shows', () => {
  const TEXTS = ['It\'s "quoted" \\ $HOME `id`', 'Grüße, 世界 🙂'];

  /** Copies the code for these texts, computed again, to a file beside the packages of this project. */
  async function copiedCode(language: string, file: string): Promise<string> {
    const { page } = await openPage(service.url, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('#facts', { hasText: 'all-MiniLM-L6-v2' }).waitFor();
    await write(page, ...TEXTS);
    await page.check('#recompute');
    await show(page, 'code');
    await page.getByRole('button', { name: language, exact: true }).click();
    await page.getByRole('button', { name: `Copy the ${language} code` }).click();
    await page.getByText('Copied').waitFor();
    const folder = temporaryFolder();
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    const path = join(folder, file);
    writeFileSync(path, String(await page.evaluate('navigator.clipboard.readText()')));
    return path;
  }

  it.each([
    { language: 'curl', command: 'sh', file: 'call.sh' },
    { language: 'Node.js', command: process.execPath, file: 'call.mjs' },
    { language: 'Python', command: 'python3', file: 'call.py' },
    { language: 'OpenAI for JavaScript', command: process.execPath, file: 'call.mjs' },
  ])('makes the same call with $language', async ({ language, command, file }) => {
    const path = await copiedCode(language, file);
    const printed = execFileSync(command, [path], { encoding: 'utf8' });
    const { embeddings } = (await embedBatch(service.url, TEXTS)).body;

    const first = Math.fround(Number(/-?\d+\.\d+(?:e-\d+)?/.exec(printed)?.[0]));
    expect(first).toBe(Math.fround(embeddings[0]?.[0] ?? Number.NaN));
    if (file === 'call.sh') expect((JSON.parse(printed) as BatchBody).embeddings).toEqual(embeddings);
  });

  it.each([
    { language: 'OpenAI for Python', command: 'python3', options: ['-m', 'py_compile'], file: 'call.py' },
    { language: 'LangChain for Python', command: 'python3', options: ['-m', 'py_compile'], file: 'call.py' },
    { language: 'LangChain for JavaScript', command: process.execPath, options: ['--check'], file: 'call.mjs' },
  ])('is sound, with the address and the model of this service: $language', async ({ language, command, options, file }) => {
    const path = await copiedCode(language, file);
    execFileSync(command, [...options, path]);
    const code = readFileSync(path, 'utf8');
    for (const part of [`${service.url}/v1`, 'all-MiniLM-L6-v2', 'no-cache']) expect(code).toContain(part);
  });
});

describe('the plots', () => {
  it('show at once what the service has kept of the last hour, and less of it on request', async () => {
    await embedBatch(service.url, ['a text before the page is opened']);
    await eventually('two samples that differ', async () => {
      const { series } = (await (await fetch(`${service.url}/metrics/history`)).json()) as KeptMetrics;
      const requests = series['embedding_requests_total'] ?? [];
      return requests.length > 1 && requests[0] !== requests.at(-1);
    });
    const { page } = await openPage(service.url);
    const latency = page.locator('.plot-area').nth(1);
    await page.locator('.tile').first().waitFor();

    expect(await latency.getAttribute('data-empty')).toBe('false');
    expect(await latency.getAttribute('aria-label')).toBe('Latency of the last 5 minutes'); // the service is younger
    const hour = page.getByRole('button', { name: '1 hour' });
    await page.getByRole('button', { name: '5 minutes' }).click();
    expect(await hour.getAttribute('aria-pressed')).toBe('false');
  });
});

describe('the documentation', () => {
  it('has the theme that was chosen on the front page, can change it, and links to the front page', async () => {
    const { page, complaints } = await openPage(service.url, { colorScheme: 'dark' });
    const isDark = () => page.evaluate('document.documentElement.classList.contains("dark-mode")');
    await page.click('#theme-toggle');
    await page.goto(`${service.url}/docs`);
    await page.getByText('The vector of one text').first().waitFor();
    expect([await isDark(), await page.evaluate('getComputedStyle(document.body).backgroundColor')]).toEqual([false, 'rgb(250, 250, 250)']);

    await page.getByRole('button', { name: 'Dark theme' }).click();
    await page.reload();
    await page.getByText('The vector of one text').first().waitFor();
    expect([await isDark(), await page.evaluate('getComputedStyle(document.body).backgroundColor')]).toEqual([true, 'rgb(28, 32, 34)']);
    await page.getByRole('link', { name: 'embedding-pipeline' }).click();
    await page.locator('#headline').waitFor();
    await page.locator('#theme-toggle[aria-pressed=true]').waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('the theme', () => {
  it('follows the system until the user chooses one, which is kept', async () => {
    const { page } = await openPage(service.url, { colorScheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const toggle = page.getByRole('button', { name: 'Dark theme' });
    const dark = await ground();
    expect(await toggle.getAttribute('aria-pressed')).toBe('true');
    await toggle.click();
    const light = await ground();
    expect(light).not.toEqual(dark);
    await page.reload();

    expect([await ground(), await toggle.getAttribute('aria-pressed')]).toEqual([light, 'false']);
  });
});
