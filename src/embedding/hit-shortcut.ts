import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import { answerHeaders } from './answer-headers.js';
import { answerOne } from './embed-answer.js';
import { EmbedRequest } from './embed.dto.js';
import { CACHED_EMBEDDING_PROVIDER } from './embedding.providers.js';
import type { EmbeddingProvider } from './embedding-provider.port.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { StageTimes } from './stage-times.js';
import { embeddingKey, fromBytes } from './stored-embedding.js';

/**
 * Answers a request for one text whose vector is in this process's memory before Nest's pipeline begins, which costs
 * more than all the rest of a hit (docs/decisions/0007-hit-shortcut.md). The answer is the one that the controller
 * would give; whatever is not plain, an invalid body for one, goes on to it.
 */
@Injectable()
export class HitShortcut {
  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    private readonly renderer: EmbeddingRenderer,
    private readonly metrics: EmbeddingMetrics,
  ) {}

  /** True = answered. */
  tryToAnswer({ body, headers }: FastifyRequest, reply: FastifyReply): boolean {
    if (headers['cache-control'] !== undefined || headers['x-require-embedding-space'] !== undefined) return false;
    if (!EmbedRequest.accepts(body, this.settings) || !body.text.isWellFormed()) return false;
    const startedAt = performance.now();
    const { fingerprint, dimensions, model } = this.provider.space;
    const bytes = this.cache.getFromMemory(embeddingKey(fingerprint, body.text));
    const embedding = bytes && fromBytes(bytes, dimensions);
    if (embedding === undefined) return false;
    const stages = new StageTimes();
    stages.atLeast('cache', performance.now() - startedAt);
    const answer = answerOne(embedding, { model, renderer: this.renderer, stages });
    this.metrics.requestStarted();
    this.metrics.requestAnswered(answer);
    this.metrics.requestEnded(model, performance.now() - startedAt);
    void reply.headers(answerHeaders(answer, fingerprint)).send(answer.body);
    return true;
  }
}
