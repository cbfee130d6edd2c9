import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { isAdmin } from '../auth/index.js';
import { ApiErrors, COMMON_HEADERS } from '../http/index.js';
import { SUPERVISOR_LINK, totalOf, type ProcessLink } from '../process-link/index.js';
import { JobsService } from '../queue/index.js';
import { ProcessStatsService } from './process-stats.service.js';
import { keyStats, STATS_TOTAL, statsResponse, type ProcessStats } from './process-stats.js';
import { StatsResponse } from './stats.dto.js';

@ApiTags('operation')
@Controller('stats')
export class StatsController {
  constructor(
    private readonly process: ProcessStatsService,
    private readonly jobs: JobsService,
    @Inject(SUPERVISOR_LINK) private readonly supervisor: ProcessLink | undefined,
  ) {
    supervisor?.answer(STATS_TOTAL.ofProcess, async () => await this.process.read());
  }

  @Get()
  @ApiOperation({ summary: 'What the service serves and how it is doing, and for admins what each key uses; constant in cost' })
  @ApiOkResponse({ type: StatsResponse, headers: COMMON_HEADERS })
  @ApiErrors(429, 500, 503)
  async stats(@Req() request: FastifyRequest): Promise<StatsResponse> {
    const stats = await this.read();
    const answer = statsResponse(stats);
    if (isAdmin(request)) answer.keys = keyStats(stats, await this.jobs.queuedByAccount());
    return answer;
  }

  private async read(): Promise<ProcessStats> {
    return this.supervisor === undefined ? await this.process.read() : await totalOf(STATS_TOTAL, this.supervisor);
  }
}
