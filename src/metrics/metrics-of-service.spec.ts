import { Counter, Gauge, Histogram, Registry, type Aggregator } from 'prom-client';
import { HotCounter } from './hot-counter.js';
import { HotHistogram } from './hot-histogram.js';
import { HotRatio } from './hot-ratio.js';
import { METRICS_TOTAL, type ProcessMetrics, textOf } from './metrics-of-service.js';

interface Counted {
  readonly hits: number;
  readonly misses: number;
  readonly seconds: number;
  readonly gauges: Readonly<Record<string, number>>;
}

async function metricsOf({ hits, misses, seconds, gauges }: Counted): Promise<ProcessMetrics> {
  const registry = new Registry();
  const texts = new HotCounter('texts_total', 'Texts');
  texts.labels({ cached: 'true' }).inc(hits);
  texts.labels({ cached: 'false' }).inc(misses);
  const latency = new HotHistogram({ name: 'latency_seconds', help: 'Latency', buckets: [1, 2] });
  latency.labels({ route: '/embed' }).observe(seconds);
  const rate = new HotRatio({ name: 'hit_rate', help: 'Hits', of: texts, labels: { cached: 'true' } });
  for (const metric of [texts, latency, rate]) registry.registerMetric(metric as never);
  for (const [aggregator, value] of Object.entries(gauges)) {
    const name = `gauge_${aggregator}`;
    new Gauge({ name, help: 'A gauge', aggregator: aggregator as Aggregator, registers: [registry] }).set(value);
  }
  new Counter({ name: 'tokens_total', help: 'Tokens', registers: [registry] }).inc(hits);
  new Histogram({ name: 'group_texts', help: 'Texts', buckets: [1, 2], registers: [registry] }).observe(seconds);
  return await registry.getMetricsAsJSON();
}

describe('METRICS_TOTAL', () => {
  let one: ProcessMetrics;
  let other: ProcessMetrics;

  beforeEach(async () => {
    one = await metricsOf({ hits: 1, misses: 1, seconds: 0.5, gauges: { sum: 1, max: 1, min: 1 } });
    other = await metricsOf({ hits: 8, misses: 0, seconds: 1.5, gauges: { sum: 2, max: 2, min: 2 } });
  });

  async function linesOf(parts: readonly ProcessMetrics[]): Promise<readonly string[]> {
    return (await textOf(await METRICS_TOTAL.merge(parts))).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  it('adds counters and histograms, and has each gauge say how it is aggregated', async () => {
    expect(await linesOf([one, other])).toEqual(
      expect.arrayContaining([
        'texts_total{cached="true"} 9',
        'texts_total{cached="false"} 1',
        'tokens_total 9',
        'latency_seconds_bucket{le="1",route="/embed"} 1',
        'latency_seconds_bucket{le="2",route="/embed"} 2',
        'latency_seconds_bucket{le="+Inf",route="/embed"} 2',
        'latency_seconds_sum{route="/embed"} 2',
        'latency_seconds_count{route="/embed"} 2',
        'group_texts_count 2',
        'gauge_sum 3',
        'gauge_max 2',
        'gauge_min 1',
      ]),
    );
  });

  it('takes the ratio of the sums, not the sum of the ratios', async () => {
    expect(await linesOf([one, other])).toContain('hit_rate 0.9');
    expect(await linesOf([METRICS_TOTAL.remains(one), other])).toContain('hit_rate 0.9');
  });

  it('keeps of a process that is gone what it has counted, not how it was', async () => {
    const lines = await linesOf([METRICS_TOTAL.remains(one), other]);
    expect(lines).toEqual(
      expect.arrayContaining(['texts_total{cached="true"} 9', 'latency_seconds_count{route="/embed"} 2', 'gauge_sum 2']),
    );
  });

  it('says of one process what that process says', async () => {
    expect(await linesOf([one])).toEqual(await linesOf([await METRICS_TOTAL.merge([one])]));
  });
});
