import { Body, Controller, HttpCode, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CachingInterceptor } from './caching.interceptor.js';
import { ApiEmbeddingAnswers, BATCH_HEADERS } from './embedding.openapi.js';
import type { EmbedAnswer } from './embed-answer.js';
import { EmbedBatchRequest, EmbedBatchResponse, EmbedRequest, EmbedResponse } from './embed.dto.js';
import { EmbeddingService } from './embedding.service.js';
import { EmbeddingSpaceGuard } from './embedding-space.guard.js';
import { Caller, HttpCaller } from './http-caller.js';
import { MetricsInterceptor } from './metrics.interceptor.js';

@ApiTags('embeddings')
@Controller('embed')
@UseGuards(EmbeddingSpaceGuard)
@UseInterceptors(CachingInterceptor, MetricsInterceptor)
export class EmbeddingController {
  constructor(private readonly embeddings: EmbeddingService) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'The vector of one text' })
  @ApiEmbeddingAnswers(EmbedResponse)
  async embed(@Body() { text, truncate }: EmbedRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.embeddings.answerOne(text, caller.truncating(truncate));
  }

  @Post('batch')
  @HttpCode(200)
  @ApiOperation({ summary: 'The vectors of up to 100 texts, in their order' })
  @ApiEmbeddingAnswers(EmbedBatchResponse, BATCH_HEADERS)
  async embedBatch(@Body() { texts, truncate }: EmbedBatchRequest, @Caller() caller: HttpCaller): Promise<EmbedAnswer> {
    return await this.embeddings.answerMany(texts, caller.truncating(truncate));
  }
}
