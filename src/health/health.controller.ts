import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { ApiErrors } from '../http/index.js';
import { ReadinessService } from './readiness.service.js';

class HealthResponse {
  @ApiProperty({ example: 'healthy' })
  status!: string;
}

@ApiTags('operation')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly readiness: ReadinessService,
  ) {}

  @Get('health')
  @ApiOperation({ summary: 'Whether the process answers' })
  @ApiOkResponse({ type: HealthResponse })
  readHealth(): HealthResponse {
    return { status: 'healthy' };
  }

  @Get('health/live')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({ summary: 'Liveness: whether the process answers; checks nothing outside the process' })
  @ApiOkResponse({ description: 'The report of terminus' })
  async readLiveness(): Promise<HealthCheckResult> {
    return await this.health.check([]);
  }

  @Get(['health/ready', 'ready'])
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({ summary: 'Readiness: inference worked recently, Redis answers if it is configured, and the service is not stopping' })
  @ApiOkResponse({ description: 'The report of terminus' })
  @ApiErrors(503)
  async readReadiness(): Promise<HealthCheckResult> {
    return await this.health.check([() => this.readiness.lifecycle(), () => this.readiness.inference(), () => this.readiness.redis()]);
  }
}
