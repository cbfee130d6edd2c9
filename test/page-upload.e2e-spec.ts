import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Page } from 'playwright-core';
import { embedBatch } from './support/embed.js';
import { freePort } from './support/free-port.js';
import { closeBrowser, openPage } from './support/open-page.js';
import { type StartedService, startService } from './support/start-service.js';
import { violations } from './support/violations.js';
import { scrollingSideways } from './support/wider-than-screen.js';
import { temporaryFolder } from './support/temporary-folder.js';

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
});

afterAll(closeBrowser);

async function choose(page: Page, name: string, content: string): Promise<void> {
  await page.setInputFiles('#file', { name, mimeType: 'text/plain', buffer: Buffer.from(content) });
}

async function drop(page: Page, name: string, content: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}));
    return transfer;
  })()`);
  await page.dispatchEvent('#drop-zone', 'drop', { dataTransfer });
}

/** Enough lines to see the job at work. */
function manyTexts(count: number): string {
  return Array.from({ length: count }, (_, index) => `Ticket ${index}: the parcel has not arrived.`).join('\n');
}

async function stateIs(page: Page, words: string): Promise<void> {
  await page.locator('#job-state', { hasText: words }).waitFor();
}

/** The file that the link with this text saves. */
async function download(page: Page, words: string): Promise<{ name: string; content: Buffer }> {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: words, exact: true }).click()]);
  return { name: saved.suggestedFilename(), content: readFileSync(await saved.path()) };
}

function lines(content: Buffer): readonly { readonly id?: string; readonly embedding?: readonly number[] }[] {
  return content
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReturnType<typeof lines>[number]);
}

describe('a file on the front page', () => {
  it('is read, computed as a job and downloaded, with the vectors of the chosen column', async () => {
    const { page, complaints } = await openPage(service.url);
    const texts = ['How do I pay, by card?', 'Where is my "order"?'];
    await choose(page, 'tickets.csv', `id,subject,question\n7,pay,"${texts[0]}"\n8,order,"Where is my ""order""?"\n`);
    await page.locator('#file-count', { hasText: 'tickets.csv: 2 texts' }).waitFor();
    expect(await page.locator('#column').inputValue()).toBe('question');
    expect(await page.locator('#file-preview li').allInnerTexts()).toEqual(texts);
    await page.click('#start-job');
    await stateIs(page, 'Done.');

    expect(await page.locator('#job-figures').innerText()).toBe('2 of 2 texts');
    expect(await page.evaluate('document.querySelector("#job-bar").position')).toBe(1);
    const { name, content } = await download(page, 'Download as JSON lines');
    const { embeddings } = (await embedBatch(service.url, texts)).body;
    expect(name).toBe('tickets.ndjson');
    expect(lines(content).map(({ id, embedding }) => ({ id, embedding }))).toEqual([
      { id: '7', embedding: embeddings[0] },
      { id: '8', embedding: embeddings[1] },
    ]);
    const matrix = await download(page, 'as NumPy array');
    expect([matrix.name, matrix.content.subarray(1, 6).toString()]).toEqual(['tickets.npy', 'NUMPY']);
    expect(complaints).toEqual([]);
  });

  it('can use another column, and a second file can follow', async () => {
    const { page } = await openPage(service.url);
    await choose(page, 'tickets.csv', 'subject,question\npay,How?\n');
    await page.selectOption('#column', 'subject');
    expect(await page.locator('#file-preview li').allInnerTexts()).toEqual(['pay']);
    await page.click('#start-job');
    await stateIs(page, 'Done.');
    await drop(page, 'notes.txt', 'one\ntwo\n\nthree\n');
    await page.locator('#file-count', { hasText: 'notes.txt: 3 texts, 1 row without a text' }).waitFor();
    await page.getByText('A row without a text keeps its place').waitFor();
    expect(await page.locator('#column').isVisible()).toBe(false);
    await page.click('#start-job');
    await page.locator('#job-figures', { hasText: '4 of 4 texts · 1 without a vector' }).waitFor();
    await stateIs(page, 'Done.');
    const rows = lines((await download(page, 'Download as JSON lines')).content);
    expect(rows.map(({ embedding }) => embedding?.length)).toEqual([384, 384, undefined, 384]);
  });

  it('can be Parquet, and so can its vectors', async () => {
    const { page, complaints } = await openPage(service.url);
    const texts = ['How do I pay?', 'Where is my order?'];
    const content = parquetWriteBuffer({
      codec: 'GZIP', // which the page unpacks with a module that only such a file loads
      compressors: { GZIP: (bytes) => gzipSync(bytes) },
      columnData: [
        { name: 'id', data: [7n, 8n], type: 'INT64' },
        { name: 'subject', data: ['pay', 'order'], type: 'STRING' },
        { name: 'question', data: texts, type: 'STRING' },
      ],
    });
    await page.setInputFiles('#file', { name: 'tickets.parquet', mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
    await page.locator('#file-count', { hasText: 'tickets.parquet: 2 texts' }).waitFor();
    expect(await page.locator('#column').inputValue()).toBe('question');
    await page.click('#start-job');
    await stateIs(page, 'Done.');

    const saved = await download(page, 'as Parquet');
    expect(saved.name).toBe('tickets.vectors.parquet');
    const rows = await parquetReadObjects({ file: Uint8Array.from(saved.content).buffer });
    const { embeddings } = (await embedBatch(service.url, texts)).body;
    expect(rows.map(({ id, embedding }) => ({ id, embedding }))).toEqual([
      { id: '7', embedding: embeddings[0]?.map(Math.fround) },
      { id: '8', embedding: embeddings[1]?.map(Math.fround) },
    ]);
    expect(complaints).toEqual([]);
  });

  it('is found again in the list of jobs, with its results', async () => {
    const { page } = await openPage(service.url, { viewport: { width: 360, height: 800 } });
    for (const name of ['first.txt', 'second.jsonl']) {
      await choose(page, name, '"one"\n"two"');
      await page.click('#start-job');
      await page.locator('#job', { hasText: name }).waitFor();
      await stateIs(page, 'Done.');
    }
    await page.reload();
    await page.getByText('Jobs so far').click();
    await page.getByText('Jobs of all callers without a key, the newest first.').waitFor();
    const jobs = page.locator('#jobs-list li');
    expect((await jobs.locator('b').allInnerTexts()).slice(0, 2)).toEqual(['second.jsonl', 'first.txt']);
    expect(await jobs.first().innerText()).toMatch(/Done · 2 of 2 texts · /);
    expect(await violations(page)).toEqual([]);
    expect(await scrollingSideways(page)).toEqual([]);

    await page.getByRole('button', { name: 'Show the job first.txt' }).click();
    await page.locator('#job-file', { hasText: 'first.txt' }).waitFor();
    expect((await download(page, 'Download as JSON lines')).name).toBe('first.ndjson');
  });

  it.each([
    { name: 'broken.jsonl', content: '{"text":"one"}\n{', says: 'broken.jsonl: Line 2 is not JSON.' },
    { name: 'broken.parquet', content: 'text\none\n', says: 'broken.parquet: ' },
    { name: 'broken.csv', content: 'text\n"never closed', says: 'broken.csv: A quote is opened and never closed.' },
  ])('that cannot be read is refused with the fault: $name', async ({ name, content, says }) => {
    const { page } = await openPage(service.url);
    await choose(page, name, content);
    await page.locator('#file-fault', { hasText: says }).waitFor();
    expect(await page.locator('#start-job').isVisible()).toBe(false);
  });

  it('cannot be sent if it is empty, and is refused by the service if a text is too long', async () => {
    const { page } = await openPage(service.url);
    await choose(page, 'empty.txt', '\n\n');
    await page.locator('#file-count', { hasText: 'empty.txt: 0 texts' }).waitFor();
    expect(await page.locator('#start-job').isDisabled()).toBe(true);
    await choose(page, 'long.txt', `short\n${'x'.repeat(10_001)}`);
    await page.click('#start-job');
    await page.locator('#file-fault', { hasText: '10000 characters' }).waitFor();
  });

  it('can be cancelled, and gives the finished results', async () => {
    const { page } = await openPage(service.url);
    await choose(page, 'many.txt', manyTexts(5000));
    await page.click('#start-job');
    await stateIs(page, 'Being computed.');
    await page.click('#cancel-job');
    await stateIs(page, 'Cancelled.');

    expect(await page.locator('#job-downloads a').allInnerTexts()).toEqual(['Download as JSON lines', 'as Parquet', 'as JSON']);
    expect(await page.locator('#cancel-job').isVisible()).toBe(false);
  });
});

describe('a job on the front page of a service that is killed', () => {
  it('continues when the service is back, and ends with a vector for each text', async () => {
    const settings = { API_PORT: `${await freePort()}`, DATA_DIR: temporaryFolder(), RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' };
    const first = await startService(settings);
    const { page } = await openPage(first.url);
    await choose(page, 'many.txt', manyTexts(1500));
    await page.click('#start-job');
    await stateIs(page, 'Being computed.');
    await first.stop('SIGKILL');
    await page.locator('#job-figures', { hasText: 'The connection is lost; the job continues.' }).waitFor();
    await startService(settings);

    await stateIs(page, 'Done.');
    expect(await page.locator('#job-figures').innerText()).toBe('1,500 of 1,500 texts');
    expect(lines((await download(page, 'Download as JSON lines')).content).every(({ embedding }) => embedding?.length === 384)).toBe(true);
  });
});
