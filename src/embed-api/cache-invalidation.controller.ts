import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminGuard } from '../auth/index.js';
import { faulty } from '../errors/index.js';
import { ApiErrors, COMMON_HEADERS } from '../http/index.js';
import { InvalidateRequest, InvalidateResponse } from './cache-invalidation.dto.js';
import { CacheInvalidationService } from './cache-invalidation.service.js';

@ApiTags('admin')
@Controller('cache')
@UseGuards(AdminGuard)
export class CacheInvalidationController {
  constructor(private readonly cache: CacheInvalidationService) {}

  @Post('invalidate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Remove vectors from the cache: of some texts, or all' })
  @ApiOkResponse({ type: InvalidateResponse, headers: COMMON_HEADERS })
  @ApiErrors(400, 401, 403, 404, 413, 415, 429, 500, 503)
  async invalidateCache(@Body() { texts, all, model }: InvalidateRequest): Promise<InvalidateResponse> {
    if (all === true && texts !== undefined) throw faulty('all', 'must be left out where there are texts; or leave them out to forget all');
    return { removed: all === true ? await this.cache.forgetAll(model) : await this.cache.forget(texts ?? [], model) };
  }
}
