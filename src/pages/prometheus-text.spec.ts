import { Histogram, Registry } from 'prom-client';
import { bucketsOf, difference, parseMetrics, quantileOf, sumOf } from './assets/prometheus-text.js';

const TEXT = `# HELP texts_total Texts answered
# TYPE texts_total counter
texts_total{cached="true",tier="a"} 3
texts_total{cached="true",tier="b"} 4
texts_total{cached="false",tier="a"} 5
queue 2.5e3
gone NaN
`;

describe('the metrics reader', () => {
  const metrics = parseMetrics(TEXT);

  it('sums the series of a name, or those with a label', () => {
    expect([sumOf(metrics, 'texts_total'), sumOf(metrics, 'texts_total', 'cached="true"')]).toEqual([12, 7]);
    expect([sumOf(metrics, 'queue'), sumOf(metrics, 'unknown')]).toEqual([2500, 0]);
  });

  it('reads the buckets that prom-client writes, summed over other labels', async () => {
    const registry = new Registry();
    const histogram = new Histogram({ name: 'seconds', help: 'Seconds', labelNames: ['model'], buckets: [1, 10], registers: [registry] });
    for (const [model, seconds] of [['a', 0.5] as const, ['b', 5] as const, ['b', 50] as const]) histogram.observe({ model }, seconds);
    const buckets = bucketsOf(parseMetrics(await registry.metrics()), 'seconds');

    expect([...buckets]).toEqual([
      [1, 1],
      [10, 2],
      [Number.POSITIVE_INFINITY, 3],
    ]);
  });
});

describe('a quantile', () => {
  const buckets = (...counts: readonly number[]) =>
    new Map([1, 2, 4, Number.POSITIVE_INFINITY].map((bound, index) => [bound, counts[index] ?? 0]));

  it.each([
    { quantile: 0.5, counts: [10, 20, 20, 20], expected: 1 },
    { quantile: 0.75, counts: [10, 20, 20, 20], expected: 1.5 },
    { quantile: 0.95, counts: [0, 0, 100, 100], expected: 3.9 },
    { quantile: 0.99, counts: [0, 0, 10, 20], expected: 4 },
  ])('$quantile of $counts is $expected, as Prometheus computes it', ({ quantile, counts, expected }) => {
    expect(quantileOf(quantile, buckets(...counts))).toBeCloseTo(expected, 9);
  });

  it('without observations is NaN', () => {
    expect(quantileOf(0.5, buckets(0, 0, 0, 0))).toBeNaN();
  });

  it('can cover the time between two readings', () => {
    const between = difference(buckets(10, 20, 30, 30), buckets(10, 10, 10, 10));

    expect([...between.values()]).toEqual([0, 10, 20, 20]);
    expect(quantileOf(0.5, between)).toBe(2);
  });
});
