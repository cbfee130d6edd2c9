import { Counter, Gauge } from 'prom-client';

/** The metrics that the primary adds to those of the replicas. */
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
