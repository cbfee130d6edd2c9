import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, EmbeddingRequests, EmbeddingRoute, HttpCaller, type EmbedAnswer } from '../embed-api/index.js';
import { ApiOpenAiErrors, OPENAI_HEADERS, OPENAI_TOKEN_HEADERS } from '../http/index.js';
import { CreateEmbeddingRequest, CreateEmbeddingResponse } from './create-embedding.dto.js';
import { openAiDialect } from './openai.dialect.js';

@ApiTags('openai')
@Controller(['v1/embeddings', 'embeddings'])
export class OpenAiEmbeddingsController {
  constructor(private readonly requests: EmbeddingRequests) {}

  @EmbeddingRoute({
    summary: "Vectors, in the form of OpenAI's API",
    answer: CreateEmbeddingResponse,
    errors: ApiOpenAiErrors,
    headers: { ...OPENAI_HEADERS, ...OPENAI_TOKEN_HEADERS },
    takes: 'texts',
  })
  async createEmbedding(@Body() body: CreateEmbeddingRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(openAiDialect, body, caller);
  }
}
