import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { KeyUsage } from '../../auth/index.js';
import { EmbeddingMetrics, Models } from '../../embedding/index.js';
import { elapsedMs } from '../../http/index.js';
import type { AnswerFacts } from './embed-answer.js';
import { askedModelOf, keepOutcome, type RequestOutcome } from './request-outcome.js';

/** The key of a request, and its clock. */
export type CountedRequest = Pick<FastifyRequest, 'apiKey' | 'raw'>;

/**
 * Counts requests for embeddings in the metrics and in the usage of their keys, whichever way answers them. Each request
 * that is opened is answered or fails.
 */
@Injectable()
export class RequestAccount {
  constructor(
    private readonly metrics: EmbeddingMetrics,
    private readonly usage: KeyUsage,
    private readonly models: Models,
  ) {}

  opened(): void {
    this.metrics.requestStarted();
  }

  answered({ apiKey, raw }: CountedRequest, answer: AnswerFacts): void {
    this.metrics.of(answer.model).requestAnswered(answer);
    this.usage.embedded(apiKey, answer);
    this.ended(raw, answer.model, answer);
  }

  /** A request that names no model that is served counts as one for the default. */
  failed({ raw }: CountedRequest): void {
    const model = askedModelOf(raw) ?? this.models.default.name;
    this.metrics.of(model).requestFailed();
    this.ended(raw, model, 'failed');
  }

  private ended(request: CountedRequest['raw'], model: string, outcome: RequestOutcome): void {
    keepOutcome(request, outcome);
    this.metrics.requestEnded();
    this.metrics.of(model).requestTook(elapsedMs(request));
  }
}
