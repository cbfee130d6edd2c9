import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  normalizeIp,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { isOpenRoute } from '../auth/index.js';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { isOpenAiPath, openAiRateHeaders, type AnswerHead } from '../http/index.js';
import { MemoryThrottlerStorage } from './memory-throttler-storage.js';
import { ThrottlerMetrics } from './throttler.metrics.js';
import { TokenLimiter } from './tokens/token-limiter.js';

type ThrottlerStorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const MOST_ADDRESSES = 10_000;

type LimitedRequest = Pick<FastifyRequest, 'url' | 'ip' | 'apiKey' | 'tokenBudget'>;

/**
 * Lets RATE_LIMIT_REQUESTS, or what a key has for itself, through in each RATE_LIMIT_WINDOW: per key, and for callers
 * without one per client address.
 *
 * Asked before the body is read, not by Nest after: a caller over the limit costs no parsing, a body
 * that cannot be parsed counts too, and routes that Fastify plugins bring are limited as well.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  /** The caller that an address stands for. */
  private readonly callers = new LRUCache<string, string>({ max: MOST_ADDRESSES });

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    @Inject(RATE_LIMIT_SETTINGS) private readonly settings: RateLimitSettings,
    private readonly metrics: ThrottlerMetrics,
    private readonly tokens: TokenLimiter,
  ) {
    super(options, storage, reflector);
  }

  /**
   * Writes the headers that tell the caller where it stands; throws, or rejects, when the request is one too many.
   * Answers at once, without a promise, where the storage needs none.
   */
  admit(request: LimitedRequest, answer: AnswerHead): Promise<void> | undefined {
    if (isOpenRoute(request.url)) return undefined;
    const caller = this.callerOf(request);
    request.tokenBudget = this.tokens.budgetOf(caller, request, answer);
    const limit = request.apiKey?.requests ?? this.settings.requests;
    if (limit === 0) return undefined;
    const windowMs = this.settings.windowSeconds * 1000;
    const judge = (record: ThrottlerStorageRecord): void => this.judge(record, limit, request.url, answer);
    if (!(this.storageService instanceof MemoryThrottlerStorage))
      return this.storageService.increment(caller, windowMs, limit, windowMs, 'default').then(judge);
    judge(this.storageService.incrementNow(caller, windowMs, limit));
    return undefined;
  }

  private judge({ totalHits, timeToExpire, isBlocked }: ThrottlerStorageRecord, limit: number, url: string, answer: AnswerHead): void {
    const remaining = Math.max(0, limit - totalHits);
    answer.headers({
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': timeToExpire,
    });
    if (isOpenAiPath(url)) answer.headers(openAiRateHeaders('requests', { limit, remaining, resetSeconds: timeToExpire }));
    if (!isBlocked) return;
    this.metrics.refused('requests');
    const { windowSeconds } = this.settings;
    throw new ServiceError('rate_limited', `More than ${limit} requests in ${windowSeconds} s; try again in ${timeToExpire} s.`, {
      retryAfterSeconds: timeToExpire,
    });
  }

  protected override getTracker(request: FastifyRequest): Promise<string> {
    return Promise.resolve(this.callerOf(request));
  }

  /** What a proxy passed on as an address may be anything, a key's name among it. */
  private callerOf({ apiKey, ip }: LimitedRequest): string {
    if (apiKey !== undefined) return `key:${apiKey.name}`;
    const known = this.callers.get(ip);
    if (known !== undefined) return known;
    const caller = isIP(ip) === 0 ? `address:${ip}` : normalizeIp(ip);
    this.callers.set(ip, caller);
    return caller;
  }
}
