import { Inject, Injectable } from '@nestjs/common';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import {
  CACHED_EMBEDDING_PROVIDER,
  EmbeddingRenderer,
  MemoryHits,
  type EmbedAnswer,
  type EmbeddingProvider,
  type EmbedOptions,
  type PlainRequests,
  type StageTimes,
} from '../embedding/index.js';
import { faultOfText } from '../http/index.js';
import { CreateEmbeddingRequest } from './create-embedding.dto.js';
import { answerListOfOne } from './embedding-list.js';
import { OpenAiEmbeddingsService } from './openai-embeddings.service.js';
import { ServedModels } from './served-models.js';

/** A body for one text, which may stand in an array as most clients send it. */
type PlainBody = CreateEmbeddingRequest & { readonly input: string | readonly [string] };

/** The plain requests of POST /v1/embeddings: one text, a model that is served, and no wish but the encoding. */
@Injectable()
export class PlainOpenAiRequests implements PlainRequests<PlainBody> {
  constructor(
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    private readonly hits: MemoryHits,
    private readonly renderer: EmbeddingRenderer,
    private readonly models: ServedModels,
    private readonly embeddings: OpenAiEmbeddingsService,
  ) {}

  accepts(body: unknown): body is PlainBody {
    if (!CreateEmbeddingRequest.accepts(body) || !this.models.has(body.model)) return false;
    if (Array.isArray(body.input) && body.input.length !== 1) return false;
    const text = textOf(body.input);
    return typeof text === 'string' && faultOfText(text, this.settings) === undefined && text.isWellFormed();
  }

  answerFromMemory({ input, encoding_format: format }: PlainBody, stages: StageTimes): EmbedAnswer | undefined {
    const embedding = this.hits.find(textOf(input), stages);
    const { space } = this.provider;
    return embedding && answerListOfOne(embedding, { space, format: format ?? 'float', renderer: this.renderer, stages });
  }

  async answer(body: PlainBody, caller: EmbedOptions): Promise<EmbedAnswer> {
    return await this.embeddings.answer(body, caller);
  }
}

function textOf(input: PlainBody['input']): string;
function textOf(input: unknown): unknown;
function textOf(input: unknown): unknown {
  return Array.isArray(input) ? input[0] : input;
}
