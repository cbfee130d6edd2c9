import { Counter, Gauge } from 'prom-client';

/** What the primary adds to the metrics of the replicas. */
export class PrimaryMetrics {
  private readonly restarts = new Counter({
    name: 'embedding_http_process_restarts_total',
    help: 'HTTP processes that ended and were replaced',
  });

  /** @param running The number of replicas that run, read when the metrics are. */
  constructor(running: () => number) {
    const gauge: Gauge = new Gauge({
      name: 'embedding_http_processes',
      help: 'HTTP processes that share the port',
      collect: () => gauge.set(running()),
    });
  }

  restarted(): void {
    this.restarts.inc();
  }
}
