import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { SUPERVISOR_LINK, totalOf, type ProcessLink } from '../process-link/index.js';
import { METRICS_TOTAL, textOf } from './metrics-of-service.js';

@ApiTags('operation')
@Controller()
export class MetricsController extends PrometheusController {
  constructor(@Inject(SUPERVISOR_LINK) private readonly supervisor: ProcessLink | undefined) {
    super();
  }

  @Get()
  @ApiOperation({ summary: 'Metrics, for Prometheus; of all processes where several serve' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'The text exposition format, version 0.0.4', type: String })
  override async index(@Res({ passthrough: true }) response: unknown): Promise<string> {
    if (this.supervisor === undefined) return await super.index(response);
    (response as FastifyReply).header('content-type', register.contentType);
    return await textOf(await totalOf(METRICS_TOTAL, this.supervisor));
  }
}
