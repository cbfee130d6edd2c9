import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { embedBatchDialect, embedDialect } from './embed.dialect.js';
import { EmbedBatchRequest, EmbedBatchResponse, EmbedRequest, EmbedResponse } from './embed.dto.js';
import { COMMON_HEADERS } from '../http/index.js';
import { ApiEmbeddingAnswers, CACHED_TEXTS_HEADER } from './embedding.openapi.js';
import type { EmbedAnswer } from './request/embed-answer.js';
import { AnswersEmbeddings } from './request/answers-embeddings.js';
import { EmbeddingRequests } from './request/embedding-requests.js';
import { Caller, HttpCaller } from './request/http-caller.js';

@ApiTags('embeddings')
@Controller('embed')
@AnswersEmbeddings()
export class EmbeddingController {
  constructor(private readonly requests: EmbeddingRequests) {}

  @Post()
  @ApiOperation({ summary: 'The vector of one text' })
  @ApiEmbeddingAnswers(EmbedResponse)
  async embed(@Body() body: EmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(embedDialect, body, caller);
  }

  @Post('batch')
  @ApiOperation({ summary: 'The vectors of up to 100 texts, in their order' })
  @ApiEmbeddingAnswers(EmbedBatchResponse, { ...COMMON_HEADERS, ...CACHED_TEXTS_HEADER })
  async embedBatch(@Body() body: EmbedBatchRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(embedBatchDialect, body, caller);
  }
}
