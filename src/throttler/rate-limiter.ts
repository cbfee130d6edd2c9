import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { InjectThrottlerStorage, normalizeIp } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { isOpenRoute } from '../auth/index.js';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { isOpenAiPath, openAiRateHeaders, type AnswerHead } from '../http/index.js';
import type { CallStorage, CallRecord } from './call-storage.port.js';
import { ThrottlerMetrics } from './throttler.metrics.js';
import { TokenLimiter } from './tokens/token-limiter.js';

const MOST_ADDRESSES = 10_000;
const HINT = 'A batch or a job of many texts counts as one request.';

type LimitedRequest = Pick<FastifyRequest, 'method' | 'url' | 'ip' | 'apiKey' | 'tokenBudget'>;

/**
 * Admits RATE_LIMIT_REQUESTS requests, or a key's own number, in each RATE_LIMIT_WINDOW. It counts per key, and for
 * callers without a key per client address.
 *
 * It is asked before the body is read, and not by Nest after that. So a caller over the limit costs no parsing, a body
 * that cannot be parsed counts too, and routes of Fastify plugins are limited as well.
 */
@Injectable()
export class RateLimiter {
  /** The names of callers without a key, by address. */
  private readonly callers = new LRUCache<string, string>({ max: MOST_ADDRESSES });

  constructor(
    @InjectThrottlerStorage() private readonly storage: CallStorage,
    @Inject(RATE_LIMIT_SETTINGS) private readonly settings: RateLimitSettings,
    private readonly metrics: ThrottlerMetrics,
    private readonly tokens: TokenLimiter,
  ) {}

  /**
   * Writes the headers that say how much the caller has left. Throws, or rejects, if the request is over the limit.
   * Answers at once, without a promise, if the storage can.
   */
  admit(request: LimitedRequest, answer: AnswerHead): Promise<void> | undefined {
    if (isOpenRoute(request)) return undefined;
    const caller = this.callerOf(request);
    request.tokenBudget = this.tokens.budgetOf(caller, request, answer);
    const limit = request.apiKey?.requests ?? this.settings.requests;
    if (limit === 0) return undefined;
    const windowMs = this.settings.windowSeconds * 1000;
    const judge = (record: CallRecord): void => this.judge(record, limit, request, answer);
    const record = this.storage.incrementNow?.(caller, windowMs, limit);
    if (record === undefined) return this.storage.increment(caller, windowMs, limit, windowMs, 'default').then(judge);
    judge(record);
    return undefined;
  }

  private judge(
    { totalHits, timeToExpire, isBlocked }: CallRecord,
    limit: number,
    { url, apiKey }: LimitedRequest,
    answer: AnswerHead,
  ): void {
    const remaining = Math.max(0, limit - totalHits);
    answer.headers({
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': timeToExpire,
    });
    if (isOpenAiPath(url)) answer.headers(openAiRateHeaders('requests', { limit, remaining, resetSeconds: timeToExpire }));
    if (!isBlocked) return;
    this.metrics.refused('requests');
    const rule = apiKey?.requests === undefined ? 'RATE_LIMIT_REQUESTS' : `the limit of the key ${apiKey.name}`;
    const reason = `More than ${limit} requests in ${this.settings.windowSeconds} s (${rule}).`;
    answer.headers({ 'x-ratelimit-hint': HINT }); // clients that repeat a refused call by themselves show no message
    throw new ServiceError('rate_limited', `${reason} ${HINT} Try again in ${timeToExpire} s.`, { retryAfterSeconds: timeToExpire });
  }

  /** An address that a proxy passed on may be any text, even the name of a key, so it gets a prefix of its own. */
  private callerOf({ apiKey, ip }: LimitedRequest): string {
    if (apiKey !== undefined) return `key:${apiKey.name}`;
    const known = this.callers.get(ip);
    if (known !== undefined) return known;
    const caller = isIP(ip) === 0 ? `address:${ip}` : normalizeIp(ip);
    this.callers.set(ip, caller);
    return caller;
  }
}
