import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminGuard } from '../auth/index.js';
import { ApiErrors, COMMON_HEADERS } from '../http/index.js';
import { ReplicaGroup } from '../replicas/index.js';
import { SlowRequestsResponse } from './slow-requests.dto.js';
import { SLOW_REQUESTS, SlowRequests, slowestOf, type SlowRequest } from './slow-requests.js';

@ApiTags('admin')
@Controller('stats/slow-requests')
@UseGuards(AdminGuard)
export class SlowRequestsController {
  constructor(
    slowest: SlowRequests,
    private readonly replicas: ReplicaGroup,
  ) {
    replicas.answer(SLOW_REQUESTS, () => Promise.resolve(slowest.read()));
  }

  @Get()
  @ApiOperation({
    operationId: 'listSlowRequests',
    summary: 'The slowest requests for embeddings of the last hour, and where their time went',
  })
  @ApiOkResponse({ type: SlowRequestsResponse, headers: COMMON_HEADERS })
  @ApiErrors(401, 403, 429, 500, 503)
  async listSlowRequests(): Promise<SlowRequestsResponse> {
    return { requests: slowestOf(await this.replicas.askAll(SLOW_REQUESTS)).map(toldOf) };
  }
}

function toldOf({ at, requestId, ...request }: SlowRequest): SlowRequestsResponse['requests'][number] {
  return { at: new Date(at).toISOString(), request_id: requestId, ...request };
}
