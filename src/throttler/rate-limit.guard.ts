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
import { LRUCache } from 'lru-cache';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { isOpenAiPath, openAiRateHeaders } from '../http/index.js';
import { MemoryThrottlerStorage } from './memory-throttler-storage.js';
import { ThrottlerMetrics } from './throttler.metrics.js';

/** What must answer however often it is asked: the front page (its path is empty), its assets, probes, scrapes, the documentation. */
const UNLIMITED_ROUTES = /^\/(?:(?:|health|ready|metrics|docs|docs-json)(?:\?|$)|(?:assets|health|docs)\/)/;

type ThrottlerStorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const MOST_TRACKERS = 10_000;

/**
 * Lets RATE_LIMIT_REQUESTS through in each RATE_LIMIT_WINDOW, per client address.
 *
 * Asked by a Fastify hook before the body is read, not by Nest after: a caller over the limit costs no parsing, a body
 * that cannot be parsed counts too, and routes that Fastify plugins bring are limited as well.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  /** What getTracker made of an address. */
  private readonly trackers = new LRUCache<string, string>({ max: MOST_TRACKERS });

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    @Inject(RATE_LIMIT_SETTINGS) private readonly settings: RateLimitSettings,
    private readonly metrics: ThrottlerMetrics,
  ) {
    super(options, storage, reflector);
  }

  /**
   * Writes the headers that tell the caller where it stands; throws, or rejects, when the request is one too many.
   * Answers at once, without a promise, where neither the storage nor the caller's name needs one.
   */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const { requests: limit, windowSeconds } = this.settings;
    if (limit === 0 || UNLIMITED_ROUTES.test(request.url)) return undefined;
    const tracker = this.trackers.get(request.ip);
    if (tracker === undefined || !(this.storageService instanceof MemoryThrottlerStorage)) return this.admitLater(request, reply);
    this.judge(this.storageService.incrementNow(tracker, windowSeconds * 1000, limit), reply);
    return undefined;
  }

  private async admitLater(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { requests: limit, windowSeconds } = this.settings;
    const tracker = await this.getTracker(request);
    this.trackers.set(request.ip, tracker);
    const windowMs = windowSeconds * 1000;
    this.judge(await this.storageService.increment(tracker, windowMs, limit, windowMs, 'default'), reply);
  }

  private judge({ totalHits, timeToExpire, isBlocked }: ThrottlerStorageRecord, reply: FastifyReply): void {
    const { requests: limit, windowSeconds } = this.settings;
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
