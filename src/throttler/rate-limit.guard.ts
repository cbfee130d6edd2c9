import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { isOpenAiPath, openAiRateHeaders } from '../http/index.js';
import { ThrottlerMetrics } from './throttler.metrics.js';

/** What must answer however often it is asked: probes, scrapes, the documentation. */
const UNLIMITED_ROUTES = /^\/(?:health|ready|metrics|docs|docs-json)(?:[/?]|$)/;

/**
 * Lets RATE_LIMIT_REQUESTS through in each RATE_LIMIT_WINDOW, per client address.
 *
 * Asked by a Fastify hook before the body is read, not by Nest after: a caller over the limit costs no parsing, a body
 * that cannot be parsed counts too, and routes that Fastify plugins bring are limited as well.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    @Inject(RATE_LIMIT_SETTINGS) private readonly settings: RateLimitSettings,
    private readonly metrics: ThrottlerMetrics,
  ) {
    super(options, storage, reflector);
  }

  /** Writes the headers that tell the caller where it stands; throws when the request is one too many. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { requests: limit, windowSeconds } = this.settings;
    if (limit === 0 || UNLIMITED_ROUTES.test(request.url)) return;
    const key = await this.getTracker(request);
    const windowMs = windowSeconds * 1000;
    const { totalHits, timeToExpire, isBlocked } = await this.storageService.increment(key, windowMs, limit, windowMs, 'default');
    const remaining = Math.max(0, limit - totalHits);
    void reply.headers({
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': timeToExpire,
    });
    if (isOpenAiPath(reply.request.url))
      void reply.headers(openAiRateHeaders('requests', { limit, remaining, resetSeconds: timeToExpire }));
    if (!isBlocked) return;
    this.metrics.refused();
    throw new ServiceError('rate_limited', `More than ${limit} requests in ${windowSeconds} s; try again in ${timeToExpire} s.`, {
      retryAfterSeconds: timeToExpire,
    });
  }

  protected override getTracker(request: FastifyRequest): Promise<string> {
    return super.getTracker(request);
  }
}
