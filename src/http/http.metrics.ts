import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { HotCounter, HotHistogram, makeHotCounterProvider, makeHotHistogramProvider, type CounterSeries } from '../metrics/index.js';

const REQUESTS = 'http_requests_total';
const DURATION = 'http_request_duration_seconds';

export const httpMetricProviders = [
  makeHotCounterProvider({ name: REQUESTS, help: 'HTTP requests answered' }),
  makeHotHistogramProvider({
    name: DURATION,
    help: 'Seconds from the request line to the last byte of the answer',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
];

@Injectable()
export class HttpMetrics {
  constructor(
    @InjectMetric(REQUESTS) private readonly requests: HotCounter,
    @InjectMetric(DURATION) private readonly duration: HotHistogram,
  ) {}

  /**
   * Makes the function that counts the answers of one route. Labels are routes, not paths, and the methods that routes
   * were declared with, because a caller must not be able to make new time series.
   */
  counterOf(method: string, route: string): (status: number, elapsedMs: number) => void {
    const duration = this.duration.labels({ method, route });
    const byStatus = new Map<number, CounterSeries>();
    return (status, elapsedMs) => {
      let requests = byStatus.get(status);
      if (requests === undefined) byStatus.set(status, (requests = this.requests.labels({ method, route, status })));
      requests.inc();
      duration.observe(elapsedMs / 1000);
    };
  }
}
