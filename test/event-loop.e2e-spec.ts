import { embed, embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { longTexts } from './support/long-texts.js';
import { postJson } from './support/post-json.js';
import { readMetric } from './support/read-metric.js';
import { readStats, untilBusy } from './support/read-stats.js';
import { type StartedService, startService } from './support/start-service.js';
import { within } from './support/within.js';

jest.setTimeout(120_000);

/** With fewer tokens in a text the workers are faster, so the event loop has more work in the same time. */
const MAX_TOKENS = '64';
const CLIENTS = 8;
const LOAD_MS = 4000;

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0', EMBEDDING_MAX_TOKENS: MAX_TOKENS });
});

describe('while 8 clients send batches of 100 long texts', () => {
  it('the event loop lags by less than 50 ms at p99, and all requests are answered', async () => {
    const bodies = Array.from({ length: CLIENTS }, (_, client) => JSON.stringify({ texts: longTexts(100, client) }));
    await readMetric(service.url, 'nodejs_eventloop_lag_p99_seconds'); // each reading begins a new measurement
    const until = performance.now() + LOAD_MS;
    const statuses = await Promise.all(bodies.map((body) => keepSending(body, until)));

    expect(await readMetric(service.url, 'nodejs_eventloop_lag_p99_seconds')).toBeLessThan(0.05);
    expect(new Set(statuses.flat())).toEqual(new Set([200]));
  });

  async function keepSending(body: string, until: number): Promise<readonly number[]> {
    const statuses: number[] = [];
    do statuses.push((await postJson(`${service.url}/embed/batch`, body, { 'cache-control': 'no-cache' })).status);
    while (performance.now() < until);
    return statuses;
  }
});

describe('a client that leaves early', () => {
  it('removes its waiting texts from the queue', async () => {
    const dropped = await readMetric(service.url, 'embedding_dropped_texts_total');
    const aborted = new AbortController();
    const batches = Array.from({ length: 4 }, (_, client) => abandonedBatch(client, aborted.signal));
    await untilBusy(service.url);
    aborted.abort();
    await Promise.all(batches);

    await eventually('dropped texts', async () => (await readMetric(service.url, 'embedding_dropped_texts_total')) > dropped);
    await eventually('an empty queue', async () => (await readStats(service.url)).queue.waiting === 0, 5000);
    expect((await embed(service.url, 'somebody else')).status).toBe(200);
  });

  it('does not remove the same texts of another client', async () => {
    const texts = longTexts(100, 1099);
    const aborted = new AbortController();
    const abandoned = abandonedBatch(99, aborted.signal);
    await untilBusy(service.url);
    const joined = embedBatch(service.url, texts);
    aborted.abort();
    await abandoned;

    const { status, body } = await within(30_000, joined, 'an answer to the other');
    expect([status, body.count]).toEqual([200, 100]);
  });

  async function abandonedBatch(seed: number, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify({ texts: longTexts(100, 1000 + seed) });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${service.url}/embed/batch`, { method: 'POST', headers, body, signal }).catch(() => undefined);
  }
});
