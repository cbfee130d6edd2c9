import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Authenticator, isOpenRoute, KeyUsage } from '../auth/index.js';
import type { AnswerHead } from '../http/index.js';
import { RateLimitGuard } from '../throttler/index.js';

/** What a request is judged by, and what is found of its caller. */
export type AdmissionRequest = Pick<FastifyRequest, 'id' | 'url' | 'headers' | 'ip' | 'apiKey' | 'tokenBudget' | 'raw'>;

/** Knows and counts who calls, and says who is let in; strangers are counted too, by their address, before they are refused. */
export class Admission {
  private readonly callers: Authenticator;
  private readonly usage: KeyUsage;
  private readonly rateLimit: RateLimitGuard;

  constructor(app: NestFastifyApplication) {
    this.callers = app.get(Authenticator);
    this.usage = app.get(KeyUsage);
    this.rateLimit = app.get(RateLimitGuard);
  }

  /** Once a request, before its body is read. A promise costs more than all the rest, so `done` is called at once where none is needed. */
  judge(caller: AdmissionRequest, answer: AnswerHead, done: (refusal?: Error) => void): void {
    answer.headers({
      'x-request-id': caller.id,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    caller.apiKey = this.callers.identify(caller);
    if (!isOpenRoute(caller.url)) this.usage.requested(caller.apiKey);
    this.askRateLimit(caller, answer, (refusal) => done(refusal ?? this.callers.refusalOf(caller) ?? compressedBody(caller)));
  }

  private askRateLimit(caller: AdmissionRequest, answer: AnswerHead, done: (refusal?: Error) => void): void {
    let refusal: Error | undefined;
    try {
      const later = this.rateLimit.admit(caller, answer);
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
  return new UnsupportedMediaTypeException(`Content-Encoding ${encoding} is not supported; send the body as it is.`);
}
