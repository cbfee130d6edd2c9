import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';

const RATE_LIMITED = 'rate_limited_requests_total';
const LOCAL_FALLBACK = 'rate_limit_local_fallback';

export const throttlerMetricProviders = [
  makeCounterProvider({ name: RATE_LIMITED, help: 'Requests refused because of the rate limit' }),
  makeGaugeProvider({ name: LOCAL_FALLBACK, help: '1 while Redis is gone and this process limits on its own' }),
];

@Injectable()
export class ThrottlerMetrics {
  constructor(
    @InjectMetric(RATE_LIMITED) private readonly rateLimited: Counter,
    @InjectMetric(LOCAL_FALLBACK) private readonly localFallback: Gauge,
  ) {}

  refused(): void {
    this.rateLimited.inc();
  }

  limitsLocally(isLocal: boolean): void {
    this.localFallback.set(isLocal ? 1 : 0);
  }
}
