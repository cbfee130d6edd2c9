import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { KeyUsage } from '../../auth/index.js';
import { CACHED_EMBEDDING_PROVIDER, EmbeddingMetrics, type EmbeddingProvider } from '../../embedding/index.js';
import { elapsedMs } from '../../http/index.js';
import type { AnswerFacts } from './embed-answer.js';
import { keepOutcome, type RequestOutcome } from './request-outcome.js';

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
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
  ) {}

  opened(): void {
    this.metrics.requestStarted();
  }

  answered({ apiKey, raw }: CountedRequest, answer: AnswerFacts): void {
    this.metrics.requestAnswered(answer);
    this.usage.embedded(apiKey, answer);
    this.ended(raw, answer);
  }

  failed({ raw }: CountedRequest): void {
    this.metrics.requestFailed();
    this.ended(raw, 'failed');
  }

  private ended(request: CountedRequest['raw'], outcome: RequestOutcome): void {
    keepOutcome(request, outcome);
    this.metrics.requestEnded(this.provider.space.model, elapsedMs(request));
  }
}
