import { Inject, Injectable } from '@nestjs/common';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import type { PlainRequests } from './answer-shortcut.js';
import { answerOne, type EmbedAnswer } from './embed-answer.js';
import { EmbedRequest } from './embed.dto.js';
import { CACHED_EMBEDDING_PROVIDER } from './embedding.providers.js';
import type { EmbeddingProvider, EmbedOptions } from './embedding-provider.port.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { EmbeddingService } from './embedding.service.js';
import { MemoryHits } from './memory-hits.js';
import type { StageTimes } from './stage-times.js';

/** The plain requests of POST /embed: a text and nothing else. */
@Injectable()
export class PlainEmbedRequests implements PlainRequests<EmbedRequest> {
  constructor(
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    private readonly hits: MemoryHits,
    private readonly renderer: EmbeddingRenderer,
    private readonly embeddings: EmbeddingService,
  ) {}

  accepts(body: unknown): body is EmbedRequest {
    return EmbedRequest.accepts(body, this.settings) && body.text.isWellFormed();
  }

  answerFromMemory({ text }: EmbedRequest, stages: StageTimes): EmbedAnswer | undefined {
    const embedding = this.hits.find(text, stages);
    return embedding && answerOne(embedding, { model: this.provider.space.model, renderer: this.renderer, stages });
  }

  async answer({ text }: EmbedRequest, caller: EmbedOptions): Promise<EmbedAnswer> {
    return await this.embeddings.answerOne(text, caller);
  }
}
