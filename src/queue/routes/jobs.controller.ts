import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Owner } from '../../auth/index.js';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../../config/index.js';
import { faulty, ServiceError } from '../../errors/index.js';
import { BodyStream } from '../../http/index.js';
import type { TextLimits } from '../../texts/index.js';
import { jobAnswer, type JobAnswer } from '../job-answer.js';
import { isFinished, type Job } from '../job.js';
import { JobsService, type JobOrder } from '../jobs.service.js';
import { jobEvents } from './job-events.js';
import { firstIndexOf, formatOf, idempotencyKeyOf, pageOf } from './job-queries.js';
import { MOST_TEXTS_AS_JSON } from './job-request.dto.js';
import { ApiCancelJob, ApiJobEvents, ApiJobResults, ApiListJobs, ApiReadJob, ApiSubmitJob, type JobListAnswer } from './jobs.openapi.js';
import { JsonJob } from './json-job.js';
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
    @Body() body: unknown,
    @Query() query: QueryValues,
    @Req() { headers }: FastifyRequest,
    @Owner() owner: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer> {
    const job = await this.jobs.submit({
      owner,
      kind: KIND,
      ...this.uploadOf(body, query),
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

  private uploadOf(body: unknown, query: QueryValues): Pick<JobOrder, 'items' | 'details'> {
    if (!(body instanceof BodyStream)) throw faulty('body', 'must be a JSON object');
    return body.format === 'json' ? this.jsonUpload(body) : this.ndjsonUpload(body, query);
  }

  private jsonUpload(body: BodyStream): Pick<JobOrder, 'items' | 'details'> {
    const job = new JsonJob(body, { ...this.textLimits(), maxTexts: MOST_TEXTS_AS_JSON });
    return { items: job.items(), details: () => job.details };
  }

  private ndjsonUpload(body: BodyStream, query: QueryValues): Pick<JobOrder, 'items' | 'details'> {
    const items = ndjsonItems(body, { ...this.textLimits(), inputType: this.inputTypeOf(query) });
    const webhookUrl = webhookUrlOf(query);
    return { items, details: () => ({ webhookUrl }) };
  }

  private textLimits(): TextLimits & { faultOfInputType(name: string): string | undefined } {
    return { maxTextLength: this.limits.maxTextLength, faultOfInputType: (name) => this.jobs.faultOfInputType(name) };
  }

  private inputTypeOf({ input_type: given }: QueryValues): string | undefined {
    if (given === undefined) return undefined;
    if (typeof given !== 'string') throw faulty('input_type', 'must be a string');
    const fault = this.jobs.faultOfInputType(given);
    if (fault !== undefined) throw faulty('input_type', fault);
    return given;
  }

  /** A npy file begins with its length, which is known only when the job has ended. */
  private async sendNpy(reply: FastifyReply, job: Job, from: number): Promise<void> {
    if (!isFinished(job))
      throw new ServiceError(
        'job_unfinished',
        `The job is ${job.status}; format=npy needs a job that has ended; format=ndjson gives the results so far.`,
      );
    const columns = await this.jobs.dimensionsOf(job);
    const stream = npyResults(this.jobs.results(job, from), Math.max(0, job.total - from), columns);
    void reply.header('content-disposition', `attachment; filename="${job.id}.npy"`).type('application/octet-stream').send(stream);
  }
}

function webhookUrlOf({ webhook_url: given }: QueryValues): string | undefined {
  if (given === undefined || typeof given === 'string') return given;
  throw faulty('webhook_url', 'must be one URL');
}
