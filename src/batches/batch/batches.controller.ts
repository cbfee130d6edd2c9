import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Owner } from '../../auth/index.js';
import { ApiOpenAiErrors, OPENAI_HEADERS } from '../../http/index.js';
import { OfflineEmbeddings } from '../../openai-api/index.js';
import { USUAL_TTL_SECONDS } from '../files/file-record.js';
import { listAnswer, pageOf, type ListAnswer, type QueryValues } from '../list-page.js';
import { BatchList, batchObject, BatchObject, CreateBatchRequest } from './batch.dto.js';
import type { BatchRecord } from './batch-record.js';
import { BatchesService } from './batches.service.js';

const PAGE = { usual: 20, most: 100 };

@ApiTags('openai')
@Controller('v1/batches')
export class BatchesController {
  constructor(
    private readonly batches: BatchesService,
    private readonly embeddings: OfflineEmbeddings,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a batch, which answers the requests of a file' })
  @ApiOkResponse({ type: BatchObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(400, 413, 415, 429, 500, 503, 507)
  async createBatch(
    @Body() { input_file_id: inputFileId, metadata, output_expires_after: expiry }: CreateBatchRequest,
    @Owner() owner: string,
  ): Promise<BatchObject> {
    const outputTtlSeconds = expiry?.seconds ?? USUAL_TTL_SECONDS;
    return this.answer(await this.batches.create({ owner, inputFileId, metadata: metadata ?? null, outputTtlSeconds }));
  }

  @Get()
  @ApiOperation({ summary: 'The batches, newest first' })
  @ApiQuery({ name: 'after', required: false, type: String })
  @ApiQuery({ name: 'limit', required: false, type: 'integer' })
  @ApiOkResponse({ type: BatchList, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(400, 429, 500, 503)
  async listBatches(@Query() query: QueryValues, @Owner() owner: string): Promise<ListAnswer<BatchObject>> {
    const { after, limit } = pageOf(query, PAGE);
    const batches = await this.batches.list({ owner, after, limit: limit + 1 });
    return listAnswer(
      batches.map((batch) => this.answer(batch)),
      limit,
    );
  }

  @Get(':id')
  @ApiOperation({ summary: 'The state of a batch' })
  @ApiOkResponse({ type: BatchObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500, 503)
  async readBatch(@Param('id') id: string, @Owner() owner: string): Promise<BatchObject> {
    return this.answer(await this.batches.get(id, owner));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel a batch', description: 'Its output file has the answers that were computed.' })
  @ApiOkResponse({ type: BatchObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(400, 404, 429, 500, 503, 507)
  async cancelBatch(@Param('id') id: string, @Owner() owner: string): Promise<BatchObject> {
    return this.answer(await this.batches.cancel(id, owner));
  }

  private answer(batch: BatchRecord): BatchObject {
    return batchObject(batch, this.embeddings.defaultModel);
  }
}
