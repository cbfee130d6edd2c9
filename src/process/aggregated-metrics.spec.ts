import { Counter, Gauge, Histogram, Registry, type Aggregator } from 'prom-client';
import { merged, remainsOf, type ProcessMetrics } from './aggregated-metrics.js';
import { metricsPage } from './metrics-page.js';

const OPENMETRICS = 'application/openmetrics-text';
const LATENCY = { name: 'latency_seconds', help: 'Latency', type: 'histogram', aggregator: 'sum' };
const BUCKET = { metricName: 'latency_seconds_bucket', labels: { le: '1' }, value: 1 };

interface Counted {
  readonly hits: number;
  readonly misses: number;
  readonly seconds: number;
  readonly gauges: Readonly<Record<string, number>>;
}

async function metricsOf({ hits, misses, seconds, gauges }: Counted): Promise<ProcessMetrics> {
  const registry = new Registry();
  const texts = new Counter({ name: 'texts_total', help: 'Texts', labelNames: ['cached'], registers: [registry] });
  texts.inc({ cached: 'true' }, hits);
  texts.inc({ cached: 'false' }, misses);
  const latency = new Histogram({
    name: 'latency_seconds',
    help: 'Latency',
    buckets: [1, 2],
    labelNames: ['route'],
    registers: [registry],
  });
  latency.observe({ route: '/embed' }, seconds);
  for (const [aggregator, value] of Object.entries(gauges)) {
    const name = `gauge_${aggregator}`;
    new Gauge({ name, help: 'A gauge', aggregator: aggregator as Aggregator, registers: [registry] }).set(value);
  }
  const values = [{ labels: {}, value: hits / (hits + misses) }];
  const ratio = { part: hits, whole: hits + misses };
  const hitRate = { name: 'hit_rate', help: 'Hits', type: 'gauge', aggregator: 'first', values, ratio };
  return [...(await registry.getMetricsAsJSON()), hitRate] as unknown as ProcessMetrics;
}

describe('the metrics of several processes', () => {
  let first: ProcessMetrics;
  let second: ProcessMetrics;

  beforeEach(async () => {
    first = await metricsOf({ hits: 1, misses: 1, seconds: 0.5, gauges: { sum: 1, max: 1, min: 1 } });
    second = await metricsOf({ hits: 8, misses: 0, seconds: 1.5, gauges: { sum: 2, max: 2, min: 2 } });
  });

  async function linesOf(parts: readonly ProcessMetrics[]): Promise<readonly string[]> {
    const { body } = await metricsPage(await merged(parts), undefined);
    return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  it('are the sums of counters and histograms, and of each gauge what its aggregator says', async () => {
    expect(await linesOf([first, second])).toEqual(
      expect.arrayContaining([
        'texts_total{cached="true"} 9',
        'texts_total{cached="false"} 1',
        'latency_seconds_bucket{le="1",route="/embed"} 1',
        'latency_seconds_bucket{le="2",route="/embed"} 2',
        'latency_seconds_bucket{le="+Inf",route="/embed"} 2',
        'latency_seconds_sum{route="/embed"} 2',
        'latency_seconds_count{route="/embed"} 2',
        'gauge_sum 3',
        'gauge_max 2',
        'gauge_min 1',
      ]),
    );
  });

  it('have the ratio of the sums, not the sum of the ratios', async () => {
    expect(await linesOf([first, second])).toContain('hit_rate 0.9');
    expect(await linesOf([remainsOf(first), second])).toContain('hit_rate 0.9');
    expect(await linesOf([await merged([remainsOf(first), second]), second])).toContain('hit_rate 0.9444444444444444');
  });

  it('keep the counts of a process that has ended, but not its gauges', async () => {
    const lines = await linesOf([remainsOf(first), second]);
    expect(lines).toEqual(
      expect.arrayContaining(['texts_total{cached="true"} 9', 'latency_seconds_count{route="/embed"} 2', 'gauge_sum 2']),
    );
  });

  it('of a single process are unchanged', async () => {
    expect(await linesOf([first])).toEqual(await linesOf([await merged([first])]));
  });

  it('keep the latest exemplar of a series', async () => {
    const traced = (trace_id: string, timestamp: number): ProcessMetrics =>
      [{ ...LATENCY, values: [{ ...BUCKET, exemplar: { labelSet: { trace_id }, value: 0.5, timestamp } }] }] as unknown as ProcessMetrics;
    const metrics = await merged([traced('early', 1), traced('late', 3), traced('between', 2)]);
    const { contentType, body } = await metricsPage(metrics, OPENMETRICS);
    expect(contentType).toMatch(OPENMETRICS);
    expect(body).toBe(
      '# HELP latency_seconds Latency\n# TYPE latency_seconds histogram\nlatency_seconds_bucket{le="1"} 3 # {trace_id="late"} 0.5 3\n# EOF\n',
    );
  });

  it('name a counter without its suffix in OpenMetrics, and its series with it', async () => {
    const { body } = await metricsPage(first, OPENMETRICS);
    expect(body).toContain('# TYPE texts counter\ntexts_total{cached="true"} 1\n');
  });
});
