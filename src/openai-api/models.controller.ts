import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Models } from '../embedding/index.js';
import { ApiOpenAiErrors, OPENAI_HEADERS } from '../http/index.js';
import { ModelCards } from './model-cards.js';
import { ModelList, ModelObject } from './model.dto.js';

@ApiTags('openai')
@Controller(['v1/models', 'models'])
export class ModelsController {
  private readonly cards = new ModelCards();

  constructor(private readonly models: Models) {}

  @Get()
  @ApiOperation({ summary: 'The models of this service, each once for each of its listed names; the default first' })
  @ApiOkResponse({ type: ModelList, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(429, 500)
  listModels(): ModelList {
    const data = this.models.all.flatMap((model) => model.listed.map((name) => this.cards.of(model, name)));
    return { object: 'list', data };
  }

  @Get(':id')
  @ApiOperation({ summary: 'The model with this name' })
  @ApiOkResponse({ type: ModelObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500)
  readModel(@Param('id') id: string): ModelObject {
    return this.cards.of(this.models.find(id), id);
  }

  @Get(':owner/:name')
  @ApiOperation({ summary: 'The model with this hub id; its slash needs no encoding' })
  @ApiOkResponse({ type: ModelObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500)
  readModelByHubId(@Param('owner') owner: string, @Param('name') name: string): ModelObject {
    return this.readModel(`${owner}/${name}`);
  }
}
