import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, EmbeddingRequests, EmbeddingRoute, HttpCaller, type EmbedAnswer } from '../embed-api/index.js';
import { apiErrorsOf } from '../http/index.js';
import { cohereDialect, cohereV1Dialect } from './cohere.dialect.js';
import { CohereEmbedRequest, CohereEmbedResponse, CohereError } from './cohere.dto.js';

const ROUTE = { answer: CohereEmbedResponse, errors: apiErrorsOf(CohereError), takes: 'texts' } as const;

@ApiTags('cohere')
@Controller()
export class CohereController {
  constructor(private readonly requests: EmbeddingRequests) {}

  @EmbeddingRoute({ ...ROUTE, path: 'v2/embed', summary: "Vectors, in the form of Cohere's API (v2)" })
  async embedLikeCohere(@Body() body: CohereEmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(cohereDialect, body, caller);
  }

  @EmbeddingRoute({ ...ROUTE, path: 'v1/embed', summary: "Vectors, in the form of Cohere's API (v1)" })
  async embedLikeCohereV1(@Body() body: CohereEmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(cohereV1Dialect, body, caller);
  }
}
