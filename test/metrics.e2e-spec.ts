import { spawnSync } from 'node:child_process';
import { embed, embedBatch } from './support/embed.js';
import { postJson } from './support/post-json.js';
import { readMetric, readMetrics } from './support/read-metric.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(60_000);

let service: StartedService;

/** Sends one request of each kind: a miss, a hit, a batch that is half cached, and an invalid request. */
beforeAll(async () => {
  service = await startService();
  await embed(service.url, 'one');
  await embed(service.url, 'one');
  await embedBatch(service.url, ['one', 'two']);
  await embed(service.url, '');
});

async function metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  return await readMetric(service.url, name, labels);
}

describe('/metrics', () => {
  it('passes promtool check metrics without warnings', async () => {
    const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
      input: await readMetrics(service.url),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr, error }).toEqual({ status: 0, stdout: '', stderr: '', error: undefined });
  });

  it('is Prometheus text', async () => {
    const { headers } = await fetch(`${service.url}/metrics`);
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
    const text = await readMetrics(service.url);
    expect(text).toMatch(new RegExp(`^# HELP ${name} \\w`, 'm'));
    expect(text).toContain(`\n# TYPE ${name} ${type}\n`);
    expect(text).toMatch(new RegExp(`^${name}(?:_count)?(?:\\{.*\\})? \\S+$`, 'm'));
  });

  it('counts requests by outcome, failed and uncached ones too', async () => {
    expect(await metric('embedding_requests_total', { status: 'success', cached: 'false' })).toBe(1);
    expect(await metric('embedding_requests_total', { status: 'success', cached: 'true' })).toBe(1);
    expect(await metric('embedding_requests_total', { status: 'success', cached: 'partial' })).toBe(1);
    expect(await metric('embedding_requests_total', { status: 'error', cached: 'false' })).toBe(1);
  });

  it('times requests, failed and uncached ones too', async () => {
    expect(await metric('embedding_latency_seconds_count', { model: 'all-MiniLM-L6-v2' })).toBe(4);
    expect(await metric('embedding_stage_seconds_count', { stage: 'inference' })).toBe(2);
    expect(await metric('embedding_stage_seconds_count', { stage: 'tokenize' })).toBe(2);
  });

  it('counts texts and tokens', async () => {
    expect(await metric('embedding_batch_size_count')).toBe(3);
    expect(await metric('embedding_batch_size_sum')).toBe(4);
    expect(await metric('embedding_texts_total', { cached: 'true' })).toBe(2);
    expect(await metric('embedding_texts_total', { cached: 'false' })).toBe(2);
    expect(await metric('embedding_tokens_total')).toBe(6);
    expect(await metric('embedding_cache_hit_rate')).toBe(0.5);
    expect(await metric('embedding_queue_size')).toBe(0);
  });

  it('counts early refusals by route and status', async () => {
    const before = await metric('http_requests_total', { method: 'POST', route: '/embed', status: '400' });
    await postJson(`${service.url}/embed`, '{');
    expect(await metric('http_requests_total', { method: 'POST', route: '/embed', status: '400' })).toBe(before + 1);
  });

  it('has labels from closed sets only, for any request', async () => {
    for (const path of ['/no-such-thing', '/embed/no-such-thing?x=no-such-thing', '/docs/no-such-thing', '/%zz-no-such-thing']) {
      await fetch(service.url + path);
      await fetch(service.url + path, { method: 'PROPFIND' });
    }
    expect(await readMetrics(service.url)).not.toMatch(/no-such-thing|PROPFIND/);
  });
});
