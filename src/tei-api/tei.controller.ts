import { Body, Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EMBEDDING_SETTINGS, packageVersion, type EmbeddingSettings } from '../config/index.js';
import {
  Caller,
  EmbeddingRequests,
  EmbeddingRoute,
  HttpCaller,
  MOST_FOREIGN_TEXTS,
  ServedModels,
  type EmbedAnswer,
} from '../embed-api/index.js';
import { apiErrorsOf, COMMON_HEADERS } from '../http/index.js';
import { teiDialect } from './tei.dialect.js';
import { TeiEmbedRequest, TeiError, TeiInfo } from './tei.dto.js';

const ERRORS = apiErrorsOf(TeiError);

@ApiTags('tei')
@Controller()
export class TeiController {
  constructor(
    private readonly requests: EmbeddingRequests,
    private readonly models: ServedModels,
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
  ) {}

  @EmbeddingRoute({
    summary: 'Vectors, in the form of text-embeddings-inference; POST /embed also takes this body',
    answer: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
    errors: ERRORS,
    takes: 'texts',
  })
  async embedLikeTei(@Body() body: TeiEmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(teiDialect, body, caller);
  }

  @Get('info')
  @ApiOperation({ summary: 'The model and its limits, in the form of text-embeddings-inference' })
  @ApiOkResponse({ type: TeiInfo, headers: COMMON_HEADERS })
  @ERRORS(429, 500)
  readTeiInfo(): TeiInfo {
    const { space, traits } = this.models;
    return {
      model_id: space.model,
      model_sha: space.revision,
      model_dtype: space.dtype,
      model_type: { embedding: { pooling: traits.pooling } },
      max_input_length: space.maxTokens,
      max_concurrent_requests: this.settings.maxQueuedTexts,
      max_client_batch_size: MOST_FOREIGN_TEXTS,
      auto_truncate: true,
      version: packageVersion(),
    };
  }
}
