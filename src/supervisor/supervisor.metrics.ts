import { Counter, Gauge } from 'prom-client';

/** What the supervisor adds to the metrics of the HTTP processes. */
export class SupervisorMetrics {
  private readonly restarts = new Counter({
    name: 'embedding_http_process_restarts_total',
    help: 'HTTP processes that ended and were replaced',
  });

  private readonly running = new Gauge({ name: 'embedding_http_processes', help: 'HTTP processes that share the port' });

  runs(count: number): void {
    this.running.set(count);
  }

  restarted(): void {
    this.restarts.inc();
  }
}
