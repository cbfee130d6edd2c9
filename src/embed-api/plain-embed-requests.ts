import { Inject, Injectable } from '@nestjs/common';
import { CACHE_SETTINGS, EMBEDDING_SETTINGS, type CacheSettings, type EmbeddingSettings } from '../config/index.js';
import type { PlainRequests } from './answer-shortcut.js';
import { writeOne, type EmbedAnswer } from './embed-answer.js';
import { EmbedRequest } from './embed.dto.js';
import { CACHED_EMBEDDING_PROVIDER, MemoryHits, type EmbeddingProvider, type EmbedOptions, type StageTimes } from '../embedding/index.js';
import { EmbeddingService } from './embedding.service.js';
import { float32Json } from '../vectors/index.js';
import { KeptAnswers } from './kept-answers.js';

/** The plain requests of POST /embed: a text and nothing else. */
@Injectable()
export class PlainEmbedRequests implements PlainRequests<EmbedRequest> {
  private readonly kept: KeptAnswers;

  constructor(
    @Inject(CACHE_SETTINGS) { renderedBytes }: CacheSettings,
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    private readonly hits: MemoryHits,
    private readonly embeddings: EmbeddingService,
  ) {
    this.kept = new KeptAnswers(renderedBytes / 4);
  }

  accepts(body: unknown): body is EmbedRequest {
    return EmbedRequest.accepts(body, this.settings) && body.text.isWellFormed();
  }

  answerFromMemory({ text }: EmbedRequest, stages: StageTimes): EmbedAnswer<Buffer> | undefined {
    const embedding = this.hits.find(text, stages);
    if (embedding === undefined) return undefined;
    const { model } = this.provider.space;
    const body = this.kept.of(embedding, stages, () => writeOne(embedding, float32Json(embedding.vector), model));
    return { body, texts: 1, cachedTexts: 1, tokens: embedding.tokens, stages };
  }

  async answer({ text }: EmbedRequest, caller: EmbedOptions): Promise<EmbedAnswer> {
    return await this.embeddings.answerOne(text, caller);
  }
}
