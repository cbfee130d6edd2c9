import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AnswersEmbeddings,
  ApiEmbeddingAnswers,
  CACHED_TEXTS_HEADER,
  Caller,
  EmbeddingRequests,
  HttpCaller,
  ServedModels,
  type EmbedAnswer,
} from '../embed-api/index.js';
import { apiErrorsOf, COMMON_HEADERS } from '../http/index.js';
import { packageVersion } from '../process/index.js';
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
const EMBED_ERRORS = [400, 404, 409, 413, 415, 429, 500, 502, 503, 504] as const;
const HEADERS = { ...COMMON_HEADERS, ...CACHED_TEXTS_HEADER };

@ApiTags('ollama')
@Controller('api')
export class OllamaController {
  private readonly startedAt = new Date().toISOString();

  constructor(
    private readonly requests: EmbeddingRequests,
    private readonly models: ServedModels,
  ) {}

  @Post('embed')
  @AnswersEmbeddings()
  @ApiOperation({ summary: "Vectors as Ollama's clients ask for them" })
  @ApiEmbeddingAnswers(OllamaEmbedResponse, HEADERS, ERRORS(...EMBED_ERRORS))
  async embedLikeOllama(@Body() body: OllamaEmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(ollamaDialect, body, caller);
  }

  @Post('embeddings')
  @AnswersEmbeddings()
  @ApiOperation({ summary: 'The vector of one text as older clients of Ollama ask for it' })
  @ApiEmbeddingAnswers(OllamaEmbeddingsResponse, COMMON_HEADERS, ERRORS(...EMBED_ERRORS))
  async embedPromptLikeOllama(@Body() body: OllamaEmbeddingsRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.requests.answer(ollamaPromptDialect, body, caller);
  }

  @Get('tags')
  @ApiOperation({ summary: "The models, in Ollama's form" })
  @ApiOkResponse({ type: OllamaTags, headers: COMMON_HEADERS })
  @ERRORS(429, 500)
  listOllamaTags(): OllamaTags {
    const { listed, space } = this.models;
    const details = {
      format: 'onnx',
      family: space.provider,
      families: [space.provider],
      quantization_level: space.dtype,
      embedding_length: space.dimensions,
      context_length: space.maxTokens,
    };
    const { fingerprint: digest } = space;
    return { models: listed.map((name) => ({ name, model: name, modified_at: this.startedAt, size: 0, digest, details })) };
  }

  @Get('version')
  @ApiOperation({ summary: "The version of this service, where Ollama's clients look for theirs" })
  @ApiOkResponse({ type: OllamaVersion, headers: COMMON_HEADERS })
  @ERRORS(429, 500)
  readOllamaVersion(): OllamaVersion {
    return { version: packageVersion() };
  }
}
