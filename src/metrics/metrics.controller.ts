import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { ReplicaGroup } from '../replicas/index.js';

@ApiTags('operation')
@Controller()
export class MetricsController extends PrometheusController {
  constructor(private readonly replicas: ReplicaGroup) {
    super();
  }

  @Get()
  @ApiOperation({ operationId: 'readMetrics', summary: 'Metrics for Prometheus, of all processes together' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'The text exposition format, version 0.0.4', type: String })
  override async index(@Res({ passthrough: true }) response: unknown): Promise<string> {
    (response as FastifyReply).header('content-type', register.contentType);
    return await this.replicas.metricsText();
  }
}
