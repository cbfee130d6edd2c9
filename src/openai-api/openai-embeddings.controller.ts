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
import { ApiOpenAiErrors, OPENAI_HEADERS, OPENAI_TOKEN_HEADERS } from '../http/index.js';
import { CreateEmbeddingRequest, CreateEmbeddingResponse } from './create-embedding.dto.js';
import { openAiDialect } from './openai.dialect.js';

const HEADERS = { ...OPENAI_HEADERS, ...OPENAI_TOKEN_HEADERS, ...CACHED_TEXTS_HEADER };

@ApiTags('openai')
@Controller(['v1/embeddings', 'embeddings'])
@AnswersEmbeddings()
export class OpenAiEmbeddingsController {
  constructor(private readonly requests: EmbeddingRequests) {}

  @Post()
  @ApiOperation({ summary: "Vectors as OpenAI's clients ask for them" })
  @ApiEmbeddingAnswers(CreateEmbeddingResponse, HEADERS, ApiOpenAiErrors(400, 404, 409, 413, 415, 429, 500, 502, 503, 504))
  async createEmbedding(@Body() body: CreateEmbeddingRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(openAiDialect, body, caller);
  }
}
