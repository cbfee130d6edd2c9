import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import type { EmbedAnswer } from './embed-answer.js';
import { RequestAccount } from './request-account.js';

/** Counts and times every request for embeddings. */
@Injectable()
export class MetricsInterceptor implements NestInterceptor<EmbedAnswer, EmbedAnswer> {
  constructor(private readonly account: RequestAccount) {}

  intercept(context: ExecutionContext, next: CallHandler<EmbedAnswer>): Observable<EmbedAnswer> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.account.opened();
    return next.handle().pipe(
      tap({
        next: (answer) => this.account.answered(request, answer),
        error: () => this.account.failed(request),
      }),
    );
  }
}
