import { Counter, Gauge, Registry } from 'prom-client';
import type { ProcessMetrics } from '../process/index.js';
import { ReplicaMetrics, type MeasuredReplica } from './replica-metrics.js';

class FakeReplica implements MeasuredReplica {
  hangs = false;
  private readonly registry = new Registry();

  constructor(counted: number, waiting: number) {
    new Counter({ name: 'counted_total', help: 'Counted', registers: [this.registry] }).inc(counted);
    new Gauge({ name: 'waiting', help: 'Waiting', registers: [this.registry] }).set(waiting);
  }

  async metrics(): Promise<ProcessMetrics> {
    if (this.hangs) throw new Error('no answer');
    return await this.registry.getMetricsAsJSON();
  }
}

describe('ReplicaMetrics', () => {
  let replicas: FakeReplica[];
  let metrics: ReplicaMetrics<FakeReplica>;

  beforeEach(() => {
    replicas = [new FakeReplica(1, 10), new FakeReplica(2, 20)];
    metrics = new ReplicaMetrics(
      () => replicas,
      () => Promise.resolve([]),
    );
  });

  function end(index: number): void {
    const [replica] = replicas.splice(index, 1);
    if (replica === undefined) throw new Error('there is no such replica');
    metrics.ended(replica);
    metrics.ended(replica);
  }

  async function read(): Promise<{ counted: number; waiting: number }> {
    const all = await metrics.read();
    const value = (name: string): number => Number(all.find((metric) => metric.name === name)?.values[0]?.value);
    return { counted: value('counted_total'), waiting: value('waiting') };
  }

  it('adds up the metrics of all replicas', async () => {
    expect(await read()).toEqual({ counted: 3, waiting: 30 });
  });

  it('keeps the counts of replicas that have ended, and nothing else of them', async () => {
    await metrics.refresh();
    end(0);
    end(0);
    replicas.push(new FakeReplica(4, 40));
    expect(await read()).toEqual({ counted: 7, waiting: 40 });
  });

  it('counts a replica only once if it ends while it is asked', async () => {
    await metrics.refresh();
    const reading = read();
    end(0);
    expect((await reading).counted).toBe(3);
    expect((await read()).counted).toBe(3);
  });

  it('uses the last answer of a replica that hangs', async () => {
    await metrics.refresh();
    for (const replica of replicas) replica.hangs = true;
    expect(await read()).toEqual({ counted: 3, waiting: 30 });
  });

  it('adds the metrics of the primary', async () => {
    const primary = new FakeReplica(100, 0);
    metrics = new ReplicaMetrics(
      () => replicas,
      async () => await primary.metrics(),
    );
    expect((await read()).counted).toBe(103);
  });
});
