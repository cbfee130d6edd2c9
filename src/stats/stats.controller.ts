import { Controller, Get, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { isAdmin, UsageHistory } from '../auth/index.js';
import { ApiErrors, COMMON_HEADERS } from '../http/index.js';
import { JobsService } from '../queue/index.js';
import { ReplicaGroup } from '../replicas/index.js';
import { ProcessStatsService } from './process-stats.service.js';
import { keyStats, STATS, statsResponse, summed } from './process-stats.js';
import { StatsResponse } from './stats.dto.js';

/** GET /keys/usage has the days before. */
const SHOWN_DAYS = 7;

@ApiTags('operation')
@Controller('stats')
export class StatsController {
  constructor(
    process: ProcessStatsService,
    private readonly jobs: JobsService,
    private readonly history: UsageHistory,
    private readonly replicas: ReplicaGroup,
  ) {
    replicas.answer(STATS, async () => await process.read());
  }

  @Get()
  @ApiOperation({
    summary: 'The model, the cache and the queue; for admins also the use of each key. The request costs little at any load',
  })
  @ApiOkResponse({ type: StatsResponse, headers: COMMON_HEADERS })
  @ApiErrors(429, 500, 503)
  async readStats(@Req() request: FastifyRequest): Promise<StatsResponse> {
    const stats = summed(await this.replicas.askAll(STATS));
    const answer = statsResponse(stats);
    if (isAdmin(request)) {
      const [queued, days] = await Promise.all([this.jobs.queuedByAccount(), this.history.read(SHOWN_DAYS).catch(() => undefined)]);
      answer.keys = keyStats(stats, { queued, days });
    }
    return answer;
  }
}
