import { TestApp } from '../support/test-app.js';

let app: TestApp;

/** Sends one request of each kind: a miss, a hit, a batch that is half cached, and an invalid request. */
beforeAll(async () => {
  app = await TestApp.start();
  await app.embed('one');
  await app.embed('one');
  await app.embedBatch(['one', 'two']);
  await app.embed('');
});

afterAll(async () => {
  await app.close();
});

async function readAll(): Promise<string> {
  return (await app.get<string>('/metrics')).body;
}

describe('/metrics', () => {
  it('is Prometheus text', async () => {
    const { headers } = await app.get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
  });

  it.each([
    ['embedding_requests_total', 'counter'],
    ['embedding_latency_seconds', 'histogram'],
    ['embedding_batch_size', 'histogram'],
    ['embedding_cache_hit_rate', 'gauge'],
    ['embedding_queue_size', 'gauge'],
    ['embedding_queue_oldest_seconds', 'gauge'],
    ['embedding_stage_seconds', 'histogram'],
    ['embedding_texts_total', 'counter'],
    ['embedding_tokens_total', 'counter'],
    ['embedding_in_flight_requests', 'gauge'],
    ['embedding_workers', 'gauge'],
    ['embedding_cache_lookups_total', 'counter'],
    ['embedding_dropped_texts_total', 'counter'],
    ['http_requests_total', 'counter'],
    ['http_request_duration_seconds', 'histogram'],
    ['embedding_jobs', 'gauge'],
    ['embedding_job_chunks', 'gauge'],
    ['embedding_job_pending_texts', 'gauge'],
    ['embedding_job_oldest_queued_seconds', 'gauge'],
    ['embedding_job_store_up', 'gauge'],
    ['embedding_job_texts_total', 'counter'],
    ['embedding_job_chunk_retries_total', 'counter'],
    ['embedding_job_webhooks_total', 'counter'],
    ['rate_limited_requests_total', 'counter'],
    ['rate_limit_local_fallback', 'gauge'],
    ['nodejs_eventloop_lag_p99_seconds', 'gauge'],
    ['process_resident_memory_bytes', 'gauge'],
  ])('has %s, a %s, with a line that explains it', async (name, type) => {
    const text = await readAll();
    expect(text).toMatch(new RegExp(`^# HELP ${name} \\w`, 'm'));
    expect(text).toContain(`\n# TYPE ${name} ${type}\n`);
    expect(text).toMatch(new RegExp(`^${name}(?:_count)?(?:\\{.*\\})? \\S+$`, 'm'));
  });

  it('counts requests by outcome, failed and uncached ones too', async () => {
    expect(await app.metric('embedding_requests_total', { status: 'success', cached: 'false' })).toBe(1);
    expect(await app.metric('embedding_requests_total', { status: 'success', cached: 'true' })).toBe(1);
    expect(await app.metric('embedding_requests_total', { status: 'success', cached: 'partial' })).toBe(1);
    expect(await app.metric('embedding_requests_total', { status: 'error', cached: 'false' })).toBe(1);
  });

  it('counts texts', async () => {
    expect(await app.metric('embedding_batch_size_count')).toBe(3);
    expect(await app.metric('embedding_batch_size_sum')).toBe(4);
    expect(await app.metric('embedding_texts_total', { cached: 'true' })).toBe(2);
    expect(await app.metric('embedding_texts_total', { cached: 'false' })).toBe(2);
    expect(await app.metric('embedding_cache_hit_rate')).toBe(0.5);
    expect(await app.metric('embedding_queue_size')).toBe(0);
  });

  it('counts early refusals by route and status', async () => {
    const before = await app.metric('http_requests_total', { method: 'POST', route: '/embed', status: '400' });
    await app.post('/embed', '{');
    expect(await app.metric('http_requests_total', { method: 'POST', route: '/embed', status: '400' })).toBe(before + 1);
  });

  it('has labels from closed sets only, for any request', async () => {
    for (const path of ['/no-such-thing', '/embed/no-such-thing?x=no-such-thing', '/docs/no-such-thing', '/%zz-no-such-thing']) {
      await app.get(path);
      await app.send({ method: 'PROPFIND', path });
    }
    expect(await readAll()).not.toMatch(/no-such-thing|PROPFIND/);
  });
});
