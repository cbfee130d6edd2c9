import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Owner } from '../../auth/index.js';
import { EMBEDDING_SETTINGS, QUEUE_SETTINGS, type EmbeddingSettings, type QueueSettings } from '../../config/index.js';
import { faulty, ServiceError } from '../../errors/index.js';
import { jobAnswer, type JobAnswer } from '../job-answer.js';
import { isFinished, type Job, type JobItem } from '../job.js';
import { JobsService } from '../jobs.service.js';
import { jobEvents } from './job-events.js';
import { firstIndexOf, formatOf, idempotencyKeyOf, pageOf } from './job-queries.js';
import { JobRequest } from './job-request.dto.js';
import { ApiCancelJob, ApiJobEvents, ApiJobResults, ApiListJobs, ApiReadJob, ApiSubmitJob, type JobListAnswer } from './jobs.openapi.js';
import { ndjsonItems } from './ndjson-items.js';
import { jsonResults, ndjsonResults, npyResults } from './results-streams.js';

const KIND = 'job';
const MOST_EVENT_STREAMS = 1000;

type QueryValues = Readonly<Record<string, unknown>>;

@ApiTags('jobs')
@Controller('jobs')
export class JobsController implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private eventStreams = 0;

  constructor(
    private readonly jobs: JobsService,
    @Inject(QUEUE_SETTINGS) private readonly settings: QueueSettings,
    @Inject(EMBEDDING_SETTINGS) private readonly limits: EmbeddingSettings,
  ) {}

  /** Ends the event streams, which would keep the server from closing. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  @Post()
  @HttpCode(202)
  @ApiSubmitJob()
  async submit(
    @Body() body: JobRequest,
    @Query() query: QueryValues,
    @Req() { headers }: FastifyRequest,
    @Owner() owner: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer> {
    const job = await this.jobs.submit({
      owner,
      kind: KIND,
      items: this.itemsOf(body, this.inputTypeOf(body, query)),
      webhookUrl: webhookUrlOf(body, query),
      idempotencyKey: idempotencyKeyOf(headers['idempotency-key']),
    });
    void reply.header('location', `/jobs/${job.id}`);
    return jobAnswer(job);
  }

  @Get()
  @ApiListJobs()
  async list(@Query() query: QueryValues, @Owner() owner: string): Promise<JobListAnswer> {
    const { before, limit } = pageOf(query);
    const jobs = await this.jobs.list({ owner, kind: KIND, before, limit: limit + 1 });
    const data = jobs.slice(0, limit).map(jobAnswer);
    return { data, has_more: jobs.length > limit, next_after: jobs.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  @Get(':id')
  @ApiReadJob()
  async read(@Param('id') id: string, @Owner() owner: string): Promise<JobAnswer> {
    return jobAnswer(await this.jobs.get(id, owner));
  }

  @Delete(':id')
  @ApiCancelJob()
  async cancel(@Param('id') id: string, @Owner() owner: string): Promise<JobAnswer> {
    return jobAnswer(await this.jobs.cancel(id, owner));
  }

  @Get(':id/results')
  @ApiJobResults()
  async results(@Param('id') id: string, @Query() query: QueryValues, @Owner() owner: string, @Res() reply: FastifyReply): Promise<void> {
    const from = firstIndexOf(query);
    const format = formatOf(query);
    const job = await this.jobs.get(id, owner);
    void reply.headers({ 'x-job-status': job.status, 'x-embedding-space': job.space, 'cache-control': 'no-store' });
    const parts = this.jobs.results(job, from);
    switch (format) {
      case 'ndjson':
        return void reply.type('application/x-ndjson').send(ndjsonResults(parts));
      case 'json':
        return void reply.type('application/json; charset=utf-8').send(jsonResults(job, parts));
      case 'npy':
        await this.sendNpy(reply, job, from);
    }
  }

  @Get(':id/events')
  @ApiJobEvents()
  async events(@Param('id') id: string, @Owner() owner: string, @Res() reply: FastifyReply): Promise<void> {
    await this.jobs.get(id, owner);
    if (this.eventStreams >= MOST_EVENT_STREAMS)
      throw new ServiceError('overloaded', 'Too many event streams; ask for the job itself.', { retryAfterSeconds: 10 });
    if (reply.raw.destroyed) return; // 'close' has been emitted already, so the stream would never be freed
    const gone = new AbortController();
    this.eventStreams++;
    reply.raw.once('close', () => {
      this.eventStreams--;
      gone.abort();
    });
    const events = jobEvents({
      read: async () => await this.jobs.get(id, owner),
      signal: AbortSignal.any([this.stopping.signal, gone.signal]),
    });
    void reply
      .headers({ 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
      .type('text/event-stream')
      .send(Readable.from(events, { objectMode: false }));
  }

  private itemsOf(body: JobRequest | Readable, inputType: string | undefined): Iterable<JobItem> | AsyncIterable<JobItem> {
    if (!(body instanceof Readable)) return body.texts.map((text) => ({ text, ...(inputType !== undefined && { inputType }) }));
    return ndjsonItems(body, {
      maxBytes: this.settings.maxBytes,
      maxTextLength: this.limits.maxTextLength,
      inputType,
      faultOfInputType: (name) => this.jobs.faultOfInputType(name),
    });
  }

  /** JSON has it in the body, NDJSON in the query. */
  private inputTypeOf(body: JobRequest | Readable, { input_type }: QueryValues): string | undefined {
    const given = body instanceof Readable ? input_type : body.input_type;
    if (given === undefined || given === null) return undefined;
    const fault = typeof given === 'string' ? this.jobs.faultOfInputType(given) : 'must be a string';
    if (fault !== undefined) throw faulty('input_type', fault);
    return given as string;
  }

  /** A npy file begins with its length, which is known only when the job has ended. */
  private async sendNpy(reply: FastifyReply, job: Job, from: number): Promise<void> {
    if (!isFinished(job))
      throw new ServiceError(
        'job_unfinished',
        `The job is ${job.status}; format=npy needs one that has ended, format=ndjson gives what there is.`,
      );
    const columns = await this.jobs.dimensionsOf(job);
    const stream = npyResults(this.jobs.results(job, from), Math.max(0, job.total - from), columns);
    void reply.header('content-disposition', `attachment; filename="${job.id}.npy"`).type('application/octet-stream').send(stream);
  }
}

/** JSON has it in the body, NDJSON in the query. */
function webhookUrlOf(body: JobRequest | Readable, { webhook_url }: QueryValues): string | undefined {
  const given = body instanceof Readable ? webhook_url : body.webhook_url;
  if (given === undefined || given === null || typeof given === 'string') return given ?? undefined;
  throw faulty('webhook_url', 'must be one URL');
}
