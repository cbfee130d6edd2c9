import * as fc from 'fast-check';
import { Counter, Histogram, Registry, type Metric } from 'prom-client';
import { HotCounter } from './hot-counter.js';
import { HotHistogram } from './hot-histogram.js';
import { HotRatio } from './hot-ratio.js';

const BUCKETS = [0.001, 0.01, 0.1, 1];
const observation = fc.record({
  route: fc.constantFrom('/embed', '/stats'),
  value: fc.oneof(fc.constantFrom(...BUCKETS), fc.double({ min: 0, max: 2, noNaN: true })),
});

async function exposition(metric: unknown): Promise<readonly string[]> {
  const registry = new Registry();
  registry.registerMetric(metric as Metric);
  return (await registry.metrics()).split('\n').sort();
}

describe('HotHistogram', () => {
  it('gives the same text as a histogram of prom-client', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(observation), async (observations) => {
        const hot = new HotHistogram({ name: 'seconds', help: 'Help', buckets: BUCKETS });
        const usual = new Histogram({ name: 'seconds', help: 'Help', buckets: BUCKETS, labelNames: ['route'], registers: [] });
        for (const { route, value } of observations) {
          hot.labels({ route }).observe(value);
          usual.observe({ route }, value);
        }
        expect(await exposition(hot)).toEqual(await exposition(usual));
      }),
    );
  });
});

describe('HotCounter', () => {
  it('gives the same text as a counter of prom-client', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(observation), async (observations) => {
        const hot = new HotCounter('total', 'Help');
        const usual = new Counter({ name: 'total', help: 'Help', labelNames: ['route'], registers: [] });
        for (const { route, value } of observations) {
          hot.labels({ route }).inc(value);
          usual.inc({ route }, value);
        }
        expect(await exposition(hot)).toEqual(await exposition(usual));
      }),
    );
  });
});

describe('HotRatio', () => {
  it('is the part of the counter with the labels, and carries both counts', async () => {
    const counter = new HotCounter('total', 'Help');
    const ratio = new HotRatio({ name: 'rate', help: 'Help', of: counter, labels: { cached: 'true' } });
    expect(await exposition(ratio)).toContain('rate 0');
    counter.labels({ cached: 'true', status: 'ok' }).inc(1);
    counter.labels({ cached: 'true', status: 'failed' }).inc(2);
    counter.labels({ cached: 'false', status: 'ok' }).inc(9);
    expect(await exposition(ratio)).toContain('rate 0.25');
    expect(await ratio.get()).toMatchObject({ ratio: { part: 3, whole: 12 } });
  });
});
