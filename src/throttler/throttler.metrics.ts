import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';

const RATE_LIMITED = 'rate_limited_requests_total';
const LOCAL_FALLBACK = 'rate_limit_local_fallback';
const TOKENS_LOCAL_FALLBACK = 'token_limit_local_fallback';

/** The two limits of a caller. */
const LIMITS = ['requests', 'tokens'] as const;
type Limit = (typeof LIMITS)[number];

export const throttlerMetricProviders = [
  makeCounterProvider({ name: RATE_LIMITED, help: 'Requests refused because of a limit of their caller', labelNames: ['limit'] }),
  makeGaugeProvider({
    name: LOCAL_FALLBACK,
    help: '1 while the shared storage does not answer and this process limits on its own',
    aggregator: 'max',
  }),
  makeGaugeProvider({
    name: TOKENS_LOCAL_FALLBACK,
    help: '1 while the shared storage does not answer and this process limits tokens on its own',
    aggregator: 'max',
  }),
];

@Injectable()
export class ThrottlerMetrics {
  constructor(
    @InjectMetric(RATE_LIMITED) private readonly rateLimited: Counter<'limit'>,
    @InjectMetric(LOCAL_FALLBACK) private readonly localFallback: Gauge,
    @InjectMetric(TOKENS_LOCAL_FALLBACK) private readonly tokensLocalFallback: Gauge,
  ) {
    for (const limit of LIMITS) rateLimited.inc({ limit }, 0); // so that the series exists before the first refusal
  }

  refused(limit: Limit): void {
    this.rateLimited.inc({ limit });
  }

  limitsLocally(isLocal: boolean): void {
    this.localFallback.set(isLocal ? 1 : 0);
  }

  limitsTokensLocally(isLocal: boolean): void {
    this.tokensLocalFallback.set(isLocal ? 1 : 0);
  }
}
