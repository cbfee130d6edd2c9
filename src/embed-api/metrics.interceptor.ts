import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import { KeyUsage } from '../auth/index.js';
import type { EmbedAnswer } from './embed-answer.js';
import { elapsedMs } from '../http/index.js';
import { EmbeddingMetrics, CACHED_EMBEDDING_PROVIDER, type EmbeddingProvider } from '../embedding/index.js';

/** Counts and times every request for embeddings: hits, misses and those that fail, and what each key had of them. */
@Injectable()
export class MetricsInterceptor implements NestInterceptor<EmbedAnswer, EmbedAnswer> {
  constructor(
    private readonly metrics: EmbeddingMetrics,
    private readonly usage: KeyUsage,
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<EmbedAnswer>): Observable<EmbedAnswer> {
    const { apiKey, raw } = context.switchToHttp().getRequest<FastifyRequest>();
    this.metrics.requestStarted();
    return next.handle().pipe(
      tap({
        next: (answer) => {
          this.metrics.requestAnswered(answer);
          this.usage.embedded(apiKey, answer);
        },
        error: () => this.metrics.requestFailed(),
        finalize: () => this.metrics.requestEnded(this.provider.space.model, elapsedMs(raw)),
      }),
    );
  }
}
