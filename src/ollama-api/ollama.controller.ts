import { Body, Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, EmbeddingRequests, EmbeddingRoute, HttpCaller, type EmbedAnswer } from '../embed-api/index.js';
import { Models, type ServedModel } from '../embedding/index.js';
import { apiErrorsOf, COMMON_HEADERS } from '../http/index.js';
import { packageVersion } from '../config/index.js';
import { ollamaDialect, ollamaPromptDialect } from './ollama.dialect.js';
import {
  OllamaEmbeddingsRequest,
  OllamaEmbeddingsResponse,
  OllamaEmbedRequest,
  OllamaEmbedResponse,
  OllamaError,
  OllamaTags,
  OllamaVersion,
} from './ollama.dto.js';

const ERRORS = apiErrorsOf(OllamaError);

@ApiTags('ollama')
@Controller('api')
export class OllamaController {
  private readonly startedAt = new Date().toISOString();

  constructor(
    private readonly requests: EmbeddingRequests,
    private readonly models: Models,
  ) {}

  @EmbeddingRoute({
    path: 'embed',
    summary: "Vectors, in the form of Ollama's API",
    answer: OllamaEmbedResponse,
    errors: ERRORS,
    takes: 'texts',
  })
  async embedLikeOllama(@Body() body: OllamaEmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(ollamaDialect, body, caller);
  }

  @EmbeddingRoute({
    path: 'embeddings',
    summary: "The vector of one text, in the form of Ollama's older API",
    answer: OllamaEmbeddingsResponse,
    errors: ERRORS,
    takes: 'one text',
  })
  async embedPromptLikeOllama(@Body() body: OllamaEmbeddingsRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(ollamaPromptDialect, body, caller);
  }

  @Get('tags')
  @ApiOperation({ summary: "The models, in Ollama's form" })
  @ApiOkResponse({ type: OllamaTags, headers: COMMON_HEADERS })
  @ERRORS(429, 500)
  listOllamaTags(): OllamaTags {
    return { models: this.models.all.flatMap((model) => this.tagsOf(model)) };
  }

  @Get('version')
  @ApiOperation({ summary: "The version of this service, at the path of Ollama's version" })
  @ApiOkResponse({ type: OllamaVersion, headers: COMMON_HEADERS })
  @ERRORS(429, 500)
  readOllamaVersion(): OllamaVersion {
    return { version: packageVersion() };
  }

  private tagsOf({ listed, space }: ServedModel): OllamaTags['models'] {
    const details = {
      format: 'onnx',
      family: space.provider,
      families: [space.provider],
      quantization_level: space.dtype,
      embedding_length: space.dimensions,
      context_length: space.maxTokens,
    };
    const { fingerprint: digest } = space;
    return listed.map((name) => ({ name, model: name, modified_at: this.startedAt, size: 0, digest, details }));
  }
}
