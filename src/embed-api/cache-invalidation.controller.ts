import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminGuard } from '../auth/index.js';
import { faulty } from '../errors/index.js';
import { ApiErrors, COMMON_HEADERS } from '../http/index.js';
import { InvalidateRequest, InvalidateResponse } from './cache-invalidation.dto.js';
import { EmbeddingService } from './embedding.service.js';

@ApiTags('admin')
@Controller('cache')
@UseGuards(AdminGuard)
export class CacheInvalidationController {
  constructor(private readonly embeddings: EmbeddingService) {}

  @Post('invalidate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Forget the vectors of some texts, or all' })
  @ApiOkResponse({ type: InvalidateResponse, headers: COMMON_HEADERS })
  @ApiErrors(400, 401, 403, 413, 415, 429, 500, 503)
  async invalidate(@Body() { texts, all }: InvalidateRequest): Promise<InvalidateResponse> {
    if (all === true && texts !== undefined) throw faulty('all', 'must be left out where there are texts; or leave them out to forget all');
    return { removed: all === true ? await this.embeddings.forgetAll() : await this.embeddings.forget(texts ?? []) };
  }
}
