import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { elapsedMs } from '../../http/index.js';
import { answerHeaders } from './answer-headers.js';
import type { EmbedAnswer } from './embed-answer.js';

/** Says in headers which vectors came from the cache, and sends the body as it is. */
@Injectable()
export class CachingInterceptor implements NestInterceptor<EmbedAnswer, string> {
  intercept(context: ExecutionContext, next: CallHandler<EmbedAnswer>): Observable<string> {
    const http = context.switchToHttp();
    const { raw } = http.getRequest<FastifyRequest>();
    return next.handle().pipe(
      map((answer) => {
        void http.getResponse<FastifyReply>().headers(answerHeaders(answer, elapsedMs(raw)));
        return answer.body;
      }),
    );
  }
}
