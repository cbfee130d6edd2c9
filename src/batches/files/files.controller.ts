import { Readable } from 'node:stream';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Owner } from '../../auth/index.js';
import { BATCH_SETTINGS, type BatchSettings } from '../../config/index.js';
import { faulty } from '../../errors/index.js';
import { ApiOpenAiErrors, OPENAI_HEADERS } from '../../http/index.js';
import { BatchesService } from '../batch/batches.service.js';
import { listAnswer, oneOfQuery, pageOf, type ListAnswer, type QueryValues } from '../list-page.js';
import { FILE_PURPOSES } from './file-record.js';
import { FileDeleted, FileList, fileObject, FileObject } from './file.dto.js';
import { receiveFile } from './file-upload.js';
import { FilesService } from './files.service.js';

const PAGE = { usual: 10_000, most: 10_000 };
const UPLOAD = {
  type: 'object',
  required: ['file', 'purpose'],
  properties: {
    file: { type: 'string', format: 'binary', description: 'Up to FILE_MAX_MB' },
    purpose: { type: 'string', enum: ['batch'] },
    'expires_after[anchor]': { type: 'string', enum: ['created_at'] },
    'expires_after[seconds]': { type: 'integer', minimum: 3600, maximum: 2_592_000, description: 'Default: 30 days' },
  },
};

@ApiTags('openai')
@Controller('v1/files')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly batches: BatchesService,
    @Inject(BATCH_SETTINGS) private readonly settings: BatchSettings,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Store a file of requests, for a batch' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: UPLOAD })
  @ApiOkResponse({ type: FileObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(400, 413, 415, 429, 500, 503, 507)
  async createFile(@Req() request: FastifyRequest): Promise<FileObject> {
    return fileObject(await receiveFile(request, this.files, this.settings.maxFileBytes));
  }

  @Get()
  @ApiOperation({ summary: 'The stored files, newest first' })
  @ApiQuery({ name: 'after', required: false, type: String })
  @ApiQuery({ name: 'limit', required: false, type: 'integer' })
  @ApiQuery({ name: 'order', required: false, enum: ['asc', 'desc'] })
  @ApiQuery({ name: 'purpose', required: false, enum: FILE_PURPOSES })
  @ApiOkResponse({ type: FileList, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(400, 429, 500, 503)
  async listFiles(@Query() query: QueryValues, @Owner() owner: string): Promise<ListAnswer<FileObject>> {
    const { after, limit } = pageOf(query, PAGE);
    const order = oneOfQuery('order', query['order'], ['asc', 'desc']) === 'asc' ? 'ascending' : 'descending';
    const purpose = oneOfQuery('purpose', query['purpose'], FILE_PURPOSES);
    const files = await this.files.list({ owner, after, limit: limit + 1, order, purpose });
    return listAnswer(files.map(fileObject), limit);
  }

  @Get(':id')
  @ApiOperation({ summary: 'The properties of a file' })
  @ApiOkResponse({ type: FileObject, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500, 503)
  async readFile(@Param('id') id: string, @Owner() owner: string): Promise<FileObject> {
    return fileObject(await this.files.get(id, owner));
  }

  @Get(':id/content')
  @ApiOperation({ summary: 'The bytes of a file' })
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(404, 429, 500, 503)
  async readFileContent(@Param('id') id: string, @Owner() owner: string, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.files.get(id, owner);
    void reply
      .headers({
        'content-length': file.bytes,
        'content-disposition': `attachment; filename="${file.id}.jsonl"`,
        'cache-control': 'no-store',
      })
      .type('application/octet-stream')
      .send(Readable.from(this.files.content(file), { objectMode: false }));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Remove a file', description: 'It is refused while an unfinished batch reads the file.' })
  @ApiOkResponse({ type: FileDeleted, headers: OPENAI_HEADERS })
  @ApiOpenAiErrors(400, 404, 429, 500, 503, 507)
  async deleteFile(@Param('id') id: string, @Owner() owner: string): Promise<FileDeleted> {
    const file = await this.files.get(id, owner);
    if (await this.batches.usesFile(id)) throw faulty('file_id', 'is the input of a batch that has not ended; cancel that first');
    await this.files.remove(file);
    return { id, object: 'file', deleted: true };
  }
}
