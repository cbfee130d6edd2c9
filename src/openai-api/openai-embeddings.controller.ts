import { Body, Controller, Headers, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiEmbeddingAnswers,
  CachingInterceptor,
  Caller,
  HttpCaller,
  MetricsInterceptor,
  refuseOtherSpace,
  type EmbedAnswer,
} from '../embed-api/index.js';
import { ApiOpenAiErrors, OPENAI_HEADERS } from '../http/index.js';
import { CreateEmbeddingRequest, CreateEmbeddingResponse } from './create-embedding.dto.js';
import { OpenAiEmbeddingsService } from './openai-embeddings.service.js';

@ApiTags('openai')
@Controller(['v1/embeddings', 'embeddings'])
@UseInterceptors(CachingInterceptor, MetricsInterceptor)
export class OpenAiEmbeddingsController {
  constructor(private readonly embeddings: OpenAiEmbeddingsService) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: "Vectors as OpenAI's clients ask for them" })
  @ApiEmbeddingAnswers(CreateEmbeddingResponse, OPENAI_HEADERS, ApiOpenAiErrors(400, 404, 409, 413, 415, 429, 500, 502, 503, 504))
  async create(
    @Body() request: CreateEmbeddingRequest,
    @Caller() caller: HttpCaller,
    @Headers('x-require-embedding-space') requiredSpace: string | undefined,
  ): Promise<EmbedAnswer> {
    refuseOtherSpace(requiredSpace, this.embeddings.spaceOf(request).fingerprint);
    return await this.embeddings.answer(request, caller.truncating(request.truncate));
  }
}
