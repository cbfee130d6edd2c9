import { readSample, samplesOf } from '../../src/pages/assets/live-sample.js';
import { metricsNamed } from '../../src/process/aggregated-metrics.js';
import { KEPT_METRICS, MetricsHistory, type KeptMetrics } from '../../src/replicas/metrics-history.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;

afterEach(async () => {
  await app.close();
});

describe('GET /metrics/history', () => {
  it('has the samples since the start, without a key', async () => {
    app = await TestApp.start({ ADMIN_KEY: 'the-key-of-the-admin' });
    const { status, headers, body } = await app.get<KeptMetrics>('/metrics/history');

    expect([status, headers.get('cache-control'), body.interval_seconds]).toEqual([200, 'no-store', 10]);
    expect(body.times).toHaveLength(1);
    expect(body.series['embedding_queue_size']).toEqual([0]);
    expect(Math.abs(body.now - (body.times[0] ?? 0))).toBeLessThan(60);
  });

  it('is closed where METRICS_PORT takes the metrics away', async () => {
    app = await TestApp.start({ METRICS_PORT: '9464' });
    expect([(await app.get('/metrics')).status, (await app.get('/metrics/history')).status]).toEqual([404, 404]);
  });

  it('gives the page the same figures as /metrics', async () => {
    app = await TestApp.start();
    await app.embed('one');
    await app.embed('one');
    await app.embedBatch(['one', 'two']);
    await app.embed('');
    const history = new MetricsHistory(async () => await metricsNamed(KEPT_METRICS));
    await history.sample();
    const { times, series } = history.kept();
    const at = times[0] ?? 0;
    const live = readSample((await app.get<string>('/metrics')).body, at + 3);

    expect(live).toMatchObject({ requests: 4, hits: 2, misses: 2 });
    expect(samplesOf({ times, series }, 3)).toEqual([live]);
  });
});
