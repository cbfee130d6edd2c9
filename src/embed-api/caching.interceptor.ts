import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { answerHeaders } from './answer-headers.js';
import type { EmbedAnswer } from './embed-answer.js';
import { elapsedMs } from '../http/index.js';
import { CACHED_EMBEDDING_PROVIDER, type EmbeddingProvider } from '../embedding/index.js';

/** Says in headers where an answer came from, and sends its body as it is. */
@Injectable()
export class CachingInterceptor implements NestInterceptor<EmbedAnswer, string> {
  constructor(@Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider) {}

  intercept(context: ExecutionContext, next: CallHandler<EmbedAnswer>): Observable<string> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { raw } = http.getRequest<FastifyRequest>();
    return next.handle().pipe(
      map((answer) => {
        void reply.headers(answerHeaders(answer, this.provider.space.fingerprint, elapsedMs(raw)));
        return answer.body;
      }),
    );
  }
}
