import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StageTimes, type CacheUse, type EmbedOptions, type TokenBudget, type Truncate } from '../embedding/index.js';

/** The options of a call that comes over HTTP. */
export class HttpCaller implements EmbedOptions {
  readonly priority = 'interactive';
  readonly stages = new StageTimes();
  readonly cacheUse: CacheUse;
  readonly budget: TokenBudget | undefined;
  #controller: AbortController | undefined;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    readonly truncate: Truncate = 'end',
  ) {
    this.budget = request.tokenBudget;
    this.cacheUse = cacheUseOf(request.headers['cache-control']);
  }

  /** The same caller, who says this of texts that are too long; null = nothing. To be asked before `signal` is. */
  truncating(truncate: Truncate | null | undefined): HttpCaller {
    return new HttpCaller(this.request, this.reply, truncate ?? 'end');
  }

  /** Aborts when the connection ends before the answer is out. Made when asked for: a hit needs none. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = (this.#controller = new AbortController());
      const { raw } = this.reply;
      if (raw.destroyed) controller.abort();
      raw.once('close', () => {
        if (!raw.writableFinished) controller.abort();
      });
    }
    return this.#controller.signal;
  }
}

/** Cache-Control of a request (RFC 9111): no-cache computes anew and stores, no-store does not store. */
function cacheUseOf(header: string | undefined): CacheUse {
  if (header === undefined) return 'normal';
  if (/\bno-store\b/i.test(header)) return 'skip-store';
  return /\bno-cache\b/i.test(header) ? 'refresh' : 'normal';
}

export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const http = context.switchToHttp();
  return new HttpCaller(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
});
