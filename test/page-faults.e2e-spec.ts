import { embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { freePort } from './support/free-port.js';
import { longTexts } from './support/long-texts.js';
import { makeKey } from './support/make-key.js';
import { closeBrowser, embedOnPage, openPage } from './support/open-page.js';
import { untilBusy } from './support/read-stats.js';
import { startService } from './support/start-service.js';
import { violations } from './support/violations.js';

afterAll(closeBrowser);

/** Keeps the queue full with different batches of texts until it is told to end. */
async function fillQueue(url: string, end: AbortSignal): Promise<void> {
  const lane = async (first: number): Promise<void> => {
    for (let seed = first; !end.aborted; seed += 2) {
      const texts = longTexts(45, seed).map((text) => text.slice(0, 500));
      await embedBatch(url, texts);
    }
  };
  await Promise.all([lane(1), lane(2)]);
}

describe('the front page of a service that refuses', () => {
  it('counts down until the rate limit allows another try, and then tries again', async () => {
    // One request is made by the page itself, for the served model.
    const { url } = await startService({ RATE_LIMIT_REQUESTS: '2', RATE_LIMIT_WINDOW: '8' });
    const { page } = await openPage(url);
    await page.locator('#facts', { hasText: 'all-MiniLM-L6-v2' }).waitFor();
    await embedOnPage(page);
    await page.click('#embed');
    await page.getByRole('alert').filter({ hasText: 'Too many requests.' }).waitFor();

    expect(await page.locator('#fault').innerText()).toMatch(
      /^Too many requests\. More than 2 requests in 8 s \(RATE_LIMIT_REQUESTS\)\. A batch or a job of many texts counts as one request\.\s+Try again in [1-8] s\.$/,
    );
    expect(await page.locator('#fault-retry').isVisible()).toBe(false);
    const seconds = async () => Number(/\d+/.exec(await page.locator('#fault-wait').innerText())?.[0] ?? 0);
    const first = await seconds();
    await eventually('the countdown to fall', async () => (await seconds()) < first);
    await page.locator('#fault-wait', { hasText: 'You can try again now.' }).waitFor();
    await page.click('#fault-retry');
    await page.locator('#fault').waitFor({ state: 'hidden' });
    await page.locator('#summary', { hasText: 'all from the cache' }).waitFor();
  });

  it('does the same for a file', async () => {
    const { url } = await startService({ RATE_LIMIT_REQUESTS: '2', RATE_LIMIT_WINDOW: '8' });
    const { page } = await openPage(url);
    await page.setInputFiles('#file', { name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from('one\ntwo') });
    await eventually('the limit to be used up', async () => (await fetch(`${url}/stats`)).status === 429);
    await page.click('#start-job');
    await page.locator('#file-fault-wait', { hasText: /^Try again in [1-8] s\.$/ }).waitFor();
    expect(await page.locator('#file-fault-message').innerText()).toContain('RATE_LIMIT_REQUESTS');
    await page.click('#file-fault-retry');
    await page.locator('#job', { hasText: 'two.txt' }).waitFor();
  });

  it('itself is not limited', async () => {
    const { url } = await startService({ RATE_LIMIT_REQUESTS: '1' });
    for (let time = 0; time < 3; time++) {
      const { page, complaints } = await openPage(url);
      await page.locator('#connection', { hasText: 'Live' }).waitFor();
      expect(complaints.filter((complaint) => !complaint.includes('429'))).toEqual([]);
    }
  });

  it('says that the service is full, and when to try again', async () => {
    const { url } = await startService({ MAX_QUEUED_TEXTS: '100', EMBEDDING_WORKERS: '1', RATE_LIMIT_REQUESTS: '0' });
    const { page } = await openPage(url);
    await page.fill(
      '#texts',
      longTexts(100, 1000)
        .map((text) => text.slice(0, 200))
        .join('\n'),
    );
    const end = new AbortController();
    const load = fillQueue(url, end.signal);
    await untilBusy(url);
    await page.click('#embed');
    await page.getByRole('alert').filter({ hasText: 'The service is full just now.' }).waitFor();
    end.abort();
    await load;

    expect(await page.locator('#fault-wait').innerText()).toMatch(/^(?:Try again in \d+ s|You can try again now)\.$/);
    await page.fill('#texts', 'one text');
    await page.locator('#fault-retry').click();
    await page.locator('#summary', { hasText: '1 vector' }).waitFor();
  });
});

describe('the front page of a service that stops', () => {
  it('says so, and continues by itself when the service is back', async () => {
    const port = `${await freePort()}`;
    const service = await startService({ API_PORT: port, RATE_LIMIT_REQUESTS: '0' });
    const { page } = await openPage(service.url);
    const connection = page.locator('#connection');
    await connection.filter({ hasText: 'Live' }).waitFor();
    await embedOnPage(page);
    await service.stop();

    await connection.filter({ hasText: 'Reconnecting' }).waitFor();
    await page.click('#embed');
    await page.getByRole('alert').filter({ hasText: 'No connection.' }).waitFor();
    await page.getByText('These are the last figures it gave.').waitFor();
    expect(await violations(page)).toEqual([]);

    const key = makeKey('search'); // the service that returns may have other settings
    await startService({ API_PORT: port, RATE_LIMIT_REQUESTS: '0', API_KEYS: key.entry, METRICS_PORT: `${await freePort()}` });
    await connection.filter({ hasText: 'Live' }).waitFor();
    await page.locator('#locked', { hasText: 'asks for a key' }).waitFor();
    await page.getByText('gives its metrics at a port of its own').waitFor();
    await page.click('#fault-retry');
    await page.fill('#key', key.secret);
    await page.click('#key-use');
    for (const complaint of ['#fault', '#locked']) await page.locator(complaint).waitFor({ state: 'hidden' });
  });
});
