import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import { metricsPage } from '../process/index.js';
import { ReplicaGroup } from '../replicas/index.js';

@ApiTags('operation')
@Controller()
export class MetricsController extends PrometheusController {
  constructor(private readonly replicas: ReplicaGroup) {
    super();
  }

  @Get()
  @ApiOperation({ operationId: 'readMetrics', summary: 'Metrics for Prometheus, of all processes together' })
  @ApiProduces('text/plain', 'application/openmetrics-text')
  @ApiOkResponse({
    description:
      'The text exposition format 0.0.4, or OpenMetrics 1.0.0 if the Accept header asks for it; with exemplars where requests are traced',
    type: String,
  })
  override async index(@Res({ passthrough: true }) response: unknown): Promise<string> {
    const reply = response as FastifyReply;
    const { contentType, body } = await metricsPage(await this.replicas.readMetrics(), reply.request.headers.accept);
    void reply.header('content-type', contentType);
    return body;
  }
}
