import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiOpenAiErrors, OPENAI_HEADERS } from '../http/index.js';
import { ModelList, ModelObject } from './model.dto.js';
import { ServedModels } from './served-models.js';

@ApiTags('openai')
@Controller(['v1/models', 'models'])
export class ModelsController {
  constructor(private readonly models: ServedModels) {}

  @Get()
  @ApiOperation({ summary: 'The model that this service has, once for each of its listed names' })
  @ApiOkResponse({ type: ModelList, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(429, 500)
  list(): ModelList {
    return { object: 'list', data: this.models.list() };
  }

  @Get(':id')
  @ApiOperation({ summary: 'The model of that name' })
  @ApiOkResponse({ type: ModelObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500)
  find(@Param('id') id: string): ModelObject {
    return this.models.find(id);
  }

  @Get(':owner/:name')
  @ApiOperation({ summary: 'The model of that hub id, for who writes its slash as it is' })
  @ApiOkResponse({ type: ModelObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500)
  findByHubId(@Param('owner') owner: string, @Param('name') name: string): ModelObject {
    return this.models.find(`${owner}/${name}`);
  }
}
