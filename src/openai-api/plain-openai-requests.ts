import { Inject, Injectable } from '@nestjs/common';
import { CACHE_SETTINGS, EMBEDDING_SETTINGS, type CacheSettings, type EmbeddingSettings } from '../config/index.js';
import { CACHED_EMBEDDING_PROVIDER, MemoryHits, type EmbeddingProvider, type EmbedOptions, type StageTimes } from '../embedding/index.js';
import { EmbeddingRenderer, KeptAnswers, type EmbedAnswer, type PlainRequests } from '../embed-api/index.js';
import { faultOfText } from '../texts/index.js';
import { CreateEmbeddingRequest, type EncodingFormat } from './create-embedding.dto.js';
import { writeListOfOne } from './embedding-list.js';
import { OpenAiEmbeddingsService } from './openai-embeddings.service.js';
import { ServedModels } from './served-models.js';

/** A body for one text, which may stand in an array as most clients send it. */
type PlainBody = CreateEmbeddingRequest & { readonly input: string | readonly [string] };

/** The plain requests of POST /v1/embeddings: one text, a model that is served, and no wish but the encoding. */
@Injectable()
export class PlainOpenAiRequests implements PlainRequests<PlainBody> {
  private readonly kept: Readonly<Record<EncodingFormat, KeptAnswers>>;

  constructor(
    @Inject(CACHE_SETTINGS) { renderedBytes }: CacheSettings,
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    private readonly hits: MemoryHits,
    private readonly renderer: EmbeddingRenderer,
    private readonly models: ServedModels,
    private readonly embeddings: OpenAiEmbeddingsService,
  ) {
    this.kept = { base64: new KeptAnswers(renderedBytes / 8), float: new KeptAnswers(renderedBytes / 8) };
  }

  accepts(body: unknown): body is PlainBody {
    if (!CreateEmbeddingRequest.accepts(body) || !this.models.has(body.model)) return false;
    if (Array.isArray(body.input) && body.input.length !== 1) return false;
    const text = textOf(body.input);
    return typeof text === 'string' && faultOfText(text, this.settings) === undefined && text.isWellFormed();
  }

  answerFromMemory({ input, encoding_format: format }: PlainBody, stages: StageTimes): EmbedAnswer<Buffer> | undefined {
    const embedding = this.hits.find(textOf(input), stages);
    if (embedding === undefined) return undefined;
    const { space } = this.provider;
    const rendering = { space, format: format ?? 'float', renderer: this.renderer, stages };
    const body = this.kept[rendering.format].of(embedding, stages, () => writeListOfOne(embedding, rendering));
    return { body, texts: 1, cachedTexts: 1, tokens: embedding.tokens, stages, space: space.fingerprint };
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
