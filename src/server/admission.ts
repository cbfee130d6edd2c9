import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Authenticator, isOpenRoute, KeyUsage, ownerOf } from '../auth/index.js';
import { CACHE_SETTINGS, type CacheScope, type CacheSettings } from '../config/index.js';
import { cacheScopeOf } from '../embedding/index.js';
import type { AnswerHead } from '../http/index.js';
import { RateLimiter } from '../throttler/index.js';

/** The parts of a request that decide whether it is admitted, and those that admission fills in: key, token budget and cache scope. */
export type AdmissionRequest = Pick<
  FastifyRequest,
  'id' | 'method' | 'url' | 'headers' | 'ip' | 'apiKey' | 'tokenBudget' | 'cacheScope' | 'raw'
>;

/** Identifies and counts callers, and decides who is admitted. A caller without a key is counted by address, even if it is then refused. */
export class Admission {
  private readonly callers: Authenticator;
  private readonly usage: KeyUsage;
  private readonly limiter: RateLimiter;
  private readonly cacheScope: CacheScope;

  constructor(app: NestFastifyApplication) {
    this.callers = app.get(Authenticator);
    this.usage = app.get(KeyUsage);
    this.limiter = app.get(RateLimiter);
    this.cacheScope = app.get<CacheSettings>(CACHE_SETTINGS).scope;
  }

  /** Call it once for each request, before the body is read. It calls `done` at once where it can, because a promise would cost more than all the rest. */
  judge(caller: AdmissionRequest, answer: AnswerHead, done: (refusal?: Error) => void): void {
    answer.headers({
      'x-request-id': caller.id,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    caller.apiKey = this.callers.identify(caller);
    caller.cacheScope = cacheScopeOf(this.cacheScope, ownerOf(caller));
    if (!isOpenRoute(caller)) this.usage.requested(caller.apiKey);
    this.askRateLimit(caller, answer, (refusal) => done(refusal ?? this.callers.refusalOf(caller) ?? compressedBody(caller)));
  }

  private askRateLimit(caller: AdmissionRequest, answer: AnswerHead, done: (refusal?: Error) => void): void {
    let refusal: Error | undefined;
    try {
      const later = this.limiter.admit(caller, answer);
      if (later !== undefined) return void later.then(() => done(), done);
    } catch (error) {
      refusal = error as Error;
    }
    done(refusal);
  }
}

function compressedBody({ headers }: AdmissionRequest): Error | undefined {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return undefined;
  return new UnsupportedMediaTypeException(`Content-Encoding ${encoding} is not supported; send the body without compression.`);
}
