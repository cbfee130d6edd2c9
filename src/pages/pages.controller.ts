import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ASSETS_FOLDER } from './serve-assets.js';

/** Allows nothing inline and nothing from other hosts, so that injected code does not run. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

@ApiTags('operation')
@Controller()
export class PagesController {
  private readonly html = readFileSync(join(ASSETS_FOLDER, 'index.html'), 'utf8');

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @Header('content-security-policy', POLICY)
  @ApiOperation({ summary: 'The front page: try the service and watch it' })
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page for people', type: String })
  readFrontPage(): string {
    return this.html;
  }
}
