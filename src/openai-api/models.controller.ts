import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiOpenAiErrors, OPENAI_HEADERS } from '../http/index.js';
import { ServedModels } from '../embed-api/index.js';
import { outputTypesOf } from '../embedding/index.js';
import { float32Json } from '../vectors/index.js';
import { ModelList, ModelObject } from './model.dto.js';

@ApiTags('openai')
@Controller(['v1/models', 'models'])
export class ModelsController {
  private readonly startedAt = Math.floor(Date.now() / 1000);

  private readonly ranges: ModelObject['ranges'];

  constructor(private readonly models: ServedModels) {
    const { ranges } = models.traits;
    this.ranges = ranges === undefined ? null : { least: numbersIn(ranges.least), greatest: numbersIn(ranges.greatest) };
  }

  @Get()
  @ApiOperation({ summary: 'The model of this service, once for each of its listed names' })
  @ApiOkResponse({ type: ModelList, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(429, 500)
  listModels(): ModelList {
    return { object: 'list', data: this.models.listed.map((name) => this.describe(name)) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'The model with this name' })
  @ApiOkResponse({ type: ModelObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500)
  readModel(@Param('id') id: string): ModelObject {
    this.models.check(id);
    return this.describe(id);
  }

  @Get(':owner/:name')
  @ApiOperation({ summary: 'The model with this hub id; its slash needs no encoding' })
  @ApiOkResponse({ type: ModelObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500)
  readModelByHubId(@Param('owner') owner: string, @Param('name') name: string): ModelObject {
    return this.readModel(`${owner}/${name}`);
  }

  private describe(id: string): ModelObject {
    const { model: root, provider, dimensions, maxTokens, fingerprint: space } = this.models.space;
    const { pooling, prompts, sizes, ranges } = this.models.traits;
    return {
      id,
      object: 'model',
      created: this.startedAt,
      owned_by: provider,
      root,
      dimensions,
      sizes: 'least' in sizes.smaller ? { least: sizes.smaller.least, most: dimensions } : [dimensions, ...sizes.smaller],
      output_dtypes: outputTypesOf(ranges),
      ranges: this.ranges,
      max_tokens: maxTokens,
      pooling,
      prompts: prompts.texts,
      default_prompt: prompts.defaultName ?? null,
      space,
    };
  }
}

/** With the digits that a float32 needs. */
function numbersIn(vector: Float32Array): readonly number[] {
  return JSON.parse(float32Json(vector)) as readonly number[];
}
