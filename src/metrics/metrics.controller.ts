import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';

@ApiTags('operation')
@Controller()
export class MetricsController extends PrometheusController {
  @Get()
  @ApiOperation({ summary: 'Metrics, for Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'The text exposition format, version 0.0.4', type: String })
  override async index(@Res({ passthrough: true }) response: unknown): Promise<string> {
    return await super.index(response);
  }
}
