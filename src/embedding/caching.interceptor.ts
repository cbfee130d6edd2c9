import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { EmbedAnswer } from './embed-answer.js';
import { CACHED_EMBEDDING_PROVIDER } from './embedding.providers.js';
import type { EmbeddingProvider } from './embedding-provider.port.js';

/** Says in headers where an answer came from, and sends its body as it is. */
@Injectable()
export class CachingInterceptor implements NestInterceptor<EmbedAnswer, string> {
  constructor(@Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider) {}

  intercept(context: ExecutionContext, next: CallHandler<EmbedAnswer>): Observable<string> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ body, texts, cachedTexts, stages }) => {
        void reply.headers({
          'content-type': 'application/json; charset=utf-8',
          'cache-control': 'no-store', // an answer holds what a user sent: no proxy should keep it
          'x-cache': cachedTexts === texts ? 'hit' : cachedTexts === 0 ? 'miss' : 'partial',
          'x-embedding-space': this.provider.space.fingerprint,
          'server-timing': stages.toServerTiming(),
        });
        return body;
      }),
    );
  }
}
