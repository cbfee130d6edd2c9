import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AnswersEmbeddings,
  ApiEmbeddingAnswers,
  CACHED_TEXTS_HEADER,
  Caller,
  EmbeddingRequests,
  HttpCaller,
  type EmbedAnswer,
} from '../embed-api/index.js';
import { apiErrorsOf, COMMON_HEADERS } from '../http/index.js';
import { cohereDialect, cohereV1Dialect } from './cohere.dialect.js';
import { CohereEmbedRequest, CohereEmbedResponse, CohereError } from './cohere.dto.js';

const ERRORS = apiErrorsOf(CohereError);
const STATUSES = [400, 404, 409, 413, 415, 429, 500, 502, 503, 504] as const;
const HEADERS = { ...COMMON_HEADERS, ...CACHED_TEXTS_HEADER };

@ApiTags('cohere')
@Controller()
@AnswersEmbeddings()
export class CohereController {
  constructor(private readonly requests: EmbeddingRequests) {}

  @Post('v2/embed')
  @ApiOperation({ summary: "Vectors as Cohere's clients ask for them" })
  @ApiEmbeddingAnswers(CohereEmbedResponse, HEADERS, ERRORS(...STATUSES))
  async embedLikeCohere(@Body() body: CohereEmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(cohereDialect, body, caller);
  }

  @Post('v1/embed')
  @ApiOperation({ summary: "Vectors as clients of Cohere's first version ask for them" })
  @ApiEmbeddingAnswers(CohereEmbedResponse, HEADERS, ERRORS(...STATUSES))
  async embedLikeCohereV1(@Body() body: CohereEmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(cohereV1Dialect, body, caller);
  }
}
