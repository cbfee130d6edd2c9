import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ProcessMetrics } from '../process/index.js';
import { MetricsHistory } from './metrics-history.js';

describe('MetricsHistory', () => {
  let registry: Registry;
  let seconds: number;
  let history: MetricsHistory;
  let fails: boolean;

  beforeEach(() => {
    registry = new Registry();
    seconds = 1000;
    fails = false;
    const read = async (): Promise<ProcessMetrics> => {
      if (fails) throw new Error('no answer');
      return await registry.getMetricsAsJSON();
    };
    history = new MetricsHistory(read, () => 1000 * seconds);
  });

  async function sampleAfter(elapsed: number): Promise<void> {
    seconds += elapsed;
    await history.sample();
  }

  it('keeps each sample with its time, and null where a series did not exist yet', async () => {
    const queue = new Gauge({ name: 'embedding_queue_size', help: 'Texts', registers: [registry] });
    queue.set(3);
    await sampleAfter(10);
    const texts = new Counter({ name: 'embedding_texts_total', help: 'Texts', labelNames: ['cached'], registers: [registry] });
    texts.inc({ cached: 'true' }, 2);
    queue.set(0);
    await sampleAfter(10);

    expect(history.kept()).toEqual({
      interval_seconds: 10,
      now: 1020,
      times: [1010, 1020],
      series: { embedding_queue_size: [3, 0], 'embedding_texts_total{cached="true"}': [null, 2] },
    });
  });

  it('adds up series that differ in other labels, so that their number does not grow', async () => {
    const latency = new Histogram({
      name: 'embedding_latency_seconds',
      help: 'Seconds',
      labelNames: ['model'],
      buckets: [1],
      registers: [registry],
    });
    for (const [model, value] of [['a', 0.5] as const, ['b', 0.5] as const, ['b', 5] as const]) latency.observe({ model }, value);
    new Counter({ name: 'http_requests_total', help: 'Requests', registers: [registry] }).inc();
    await sampleAfter(10);

    expect(history.kept().series).toEqual({
      'embedding_latency_seconds_bucket{le="1"}': [2],
      'embedding_latency_seconds_bucket{le="+Inf"}': [3],
    });
  });

  it('keeps an hour and no more', async () => {
    const queue = new Gauge({ name: 'embedding_queue_size', help: 'Texts', registers: [registry] });
    for (let sample = 0; sample < 400; sample++) {
      queue.set(sample);
      await sampleAfter(10);
    }
    const { times, series } = history.kept();

    expect([times.length, times[0], times.at(-1)]).toEqual([360, 1410, 5000]);
    expect(series['embedding_queue_size']).toEqual(Array.from({ length: 360 }, (_, index) => index + 40));
  });

  it('goes on after a reading that fails', async () => {
    await sampleAfter(10);
    fails = true;
    await sampleAfter(10);
    fails = false;
    await sampleAfter(10);
    expect(history.kept().times).toEqual([1010, 1030]);
  });
});
