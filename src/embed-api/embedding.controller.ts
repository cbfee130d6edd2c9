import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../http/index.js';
import { embedBatchDialect, embedDialect } from './embed.dialect.js';
import { EmbedBatchRequest, EmbedBatchResponse, EmbedRequest, EmbedResponse } from './embed.dto.js';
import { EmbeddingRoute } from './embedding-route.js';
import type { EmbedAnswer } from './request/embed-answer.js';
import { EmbeddingRequests } from './request/embedding-requests.js';
import { Caller, HttpCaller } from './request/http-caller.js';

@ApiTags('embeddings')
@Controller('embed')
export class EmbeddingController {
  constructor(private readonly requests: EmbeddingRequests) {}

  @EmbeddingRoute({ summary: 'The vector of one text', answer: EmbedResponse, errors: ApiErrors, takes: 'one text' })
  async embed(@Body() body: EmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(embedDialect, body, caller);
  }

  @EmbeddingRoute({
    path: 'batch',
    summary: 'The vectors of up to 100 texts, in their order',
    answer: EmbedBatchResponse,
    errors: ApiErrors,
    takes: 'texts',
  })
  async embedBatch(@Body() body: EmbedBatchRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(embedBatchDialect, body, caller);
  }
}
