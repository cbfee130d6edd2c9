import { Controller, Get, Header, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReplicaGroup } from '../replicas/index.js';
import { MetricsHistoryResponse } from './metrics-history.dto.js';

/** Keeps the last hour of the metrics that the front page draws, where /metrics is served too. */
@ApiTags('operation')
@Controller('metrics/history')
export class MetricsHistoryController implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly replicas: ReplicaGroup) {}

  onApplicationBootstrap(): void {
    this.replicas.startHistory();
  }

  onModuleDestroy(): void {
    this.replicas.stopHistory();
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The last hour of the metrics that the front page draws; of all processes where several serve' })
  @ApiOkResponse({ type: MetricsHistoryResponse })
  async readMetricsHistory(): Promise<MetricsHistoryResponse> {
    return await this.replicas.metricsHistory();
  }
}
