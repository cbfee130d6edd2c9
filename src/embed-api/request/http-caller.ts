import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StageTimes, type CacheUse, type EmbedOptions, type TokenBudget, type Truncate } from '../../embedding/index.js';
import { headerOptions } from './request-headers.js';
import { keepAskedModel } from './request-outcome.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** See EmbedOptions.cacheScope. */
    cacheScope: string;
  }
}

interface HowTextsAreRead {
  /** Null and undefined = `end`. */
  readonly truncate?: Truncate | null | undefined;
  /** Null and undefined = the model's default. */
  readonly inputType?: string | null | undefined;
}

/** The options of a request that comes over HTTP. */
export class HttpCaller implements EmbedOptions {
  readonly priority = 'interactive';
  readonly stages = new StageTimes();
  readonly cacheUse: CacheUse;
  readonly cacheScope: string;
  readonly requiredSpace: string | undefined;
  readonly budget: TokenBudget | undefined;
  readonly truncate: Truncate;
  readonly inputType: string | undefined;
  #controller: AbortController | undefined;

  constructor(
    private readonly request: Pick<FastifyRequest, 'headers' | 'tokenBudget' | 'cacheScope' | 'raw'>,
    private readonly reply: Pick<FastifyReply, 'raw'>,
    { truncate, inputType }: HowTextsAreRead = {},
  ) {
    this.truncate = truncate ?? 'end';
    this.inputType = inputType ?? undefined;
    this.budget = request.tokenBudget;
    this.cacheScope = request.cacheScope;
    const { cacheUse, requiredSpace } = headerOptions(request.headers);
    this.cacheUse = cacheUse;
    this.requiredSpace = requiredSpace;
  }

  asksFor({ name }: { readonly name: string }): void {
    keepAskedModel(this.request.raw, name);
  }

  /** The same caller with these options for texts. Call it before `signal` is used. */
  reading(how: HowTextsAreRead): HttpCaller {
    return new HttpCaller(this.request, this.reply, how);
  }

  /** Aborts when the connection ends before the answer was sent. Made when it is first asked for, because a hit needs none. */
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

/** The caller, as a parameter of a controller's method. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const http = context.switchToHttp();
  return new HttpCaller(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
});
