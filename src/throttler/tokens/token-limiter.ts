import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../../config/index.js';
import type { TokenBudget } from '../../embedding/index.js';
import { isOpenAiPath, openAiRateHeaders, type AnswerHead } from '../../http/index.js';
import { ThrottlerMetrics } from '../throttler.metrics.js';
import { RequestTokenBudget } from './request-token-budget.js';
import { TOKEN_STORAGE, type TokenStorage } from './token-storage.port.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined = the caller's tokens are not limited. */
    tokenBudget: TokenBudget | undefined;
  }
}

/** Gives each request the token budget of its caller: RATE_LIMIT_TOKENS, or the key's own limit, in each RATE_LIMIT_WINDOW. */
@Injectable()
export class TokenLimiter {
  constructor(
    @Inject(TOKEN_STORAGE) private readonly storage: TokenStorage,
    @Inject(RATE_LIMIT_SETTINGS) private readonly settings: RateLimitSettings,
    private readonly metrics: ThrottlerMetrics,
  ) {}

  /** Undefined = the caller's tokens are not limited. */
  budgetOf(caller: string, { apiKey, url }: Pick<FastifyRequest, 'apiKey' | 'url'>, answer: AnswerHead): TokenBudget | undefined {
    const { storage } = this;
    const limit = apiKey?.tokens ?? this.settings.tokens;
    if (limit === 0) return undefined;
    return new RequestTokenBudget({
      caller,
      storage,
      limit: { tokens: limit, windowMs: this.settings.windowSeconds * 1000 },
      counted: ({ isRefused, used, resetSeconds }) => {
        if (isRefused) this.metrics.refused('tokens');
        const isHeard = isOpenAiPath(url) && !answer.sent;
        if (isHeard) answer.headers(openAiRateHeaders('tokens', { limit, remaining: Math.max(0, limit - used), resetSeconds }));
      },
    });
  }

  close(): void {
    this.storage.close();
  }
}
