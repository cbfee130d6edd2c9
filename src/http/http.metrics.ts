import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import type { Counter, Histogram } from 'prom-client';

const REQUESTS = 'http_requests_total';
const DURATION = 'http_request_duration_seconds';

export const httpMetricProviders = [
  makeCounterProvider({ name: REQUESTS, help: 'HTTP requests answered', labelNames: ['method', 'route', 'status'] }),
  makeHistogramProvider({
    name: DURATION,
    help: 'Seconds from the request line to the last byte of the answer',
    labelNames: ['method', 'route'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
];

@Injectable()
export class HttpMetrics {
  constructor(
    @InjectMetric(REQUESTS) private readonly requests: Counter<'method' | 'route' | 'status'>,
    @InjectMetric(DURATION) private readonly duration: Histogram<'method' | 'route'>,
  ) {}

  /**
   * What counts the answers of one route. Routes, not paths, and the methods they were declared with: a caller must not
   * be able to make new time series.
   */
  counterOf(method: string, route: string): (reply: FastifyReply) => void {
    const duration = this.duration.labels({ method, route });
    return (reply) => {
      this.requests.inc({ method, route, status: reply.statusCode });
      duration.observe(reply.elapsedTime / 1000);
    };
  }
}
