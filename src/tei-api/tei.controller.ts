import { Body, Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { EMBEDDING_SETTINGS, packageVersion, type EmbeddingSettings } from '../config/index.js';
import { Caller, EmbeddingRequests, EmbeddingRoute, HttpCaller, MOST_FOREIGN_TEXTS, type EmbedAnswer } from '../embed-api/index.js';
import { Models } from '../embedding/index.js';
import { apiErrorsOf, COMMON_HEADERS } from '../http/index.js';
import { teiDialect } from './tei.dialect.js';
import { TeiEmbedRequest, TeiError, TeiInfo } from './tei.dto.js';

const ERRORS = apiErrorsOf(TeiError);

@ApiTags('tei')
@Controller()
export class TeiController {
  constructor(
    private readonly requests: EmbeddingRequests,
    private readonly models: Models,
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
  @ApiQuery({ name: 'model', required: false, description: 'One of GET /v1/models; absent = the default', type: String })
  @ERRORS(404, 429, 500)
  readTeiInfo(@Query('model') asked?: unknown): TeiInfo {
    const { name, space, traits } = this.models.find(typeof asked === 'string' ? asked : undefined);
    return {
      model_id: name,
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
