import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Owner } from '../../auth/index.js';
import { EMBEDDING_SETTINGS, SERVER_SETTINGS, type EmbeddingSettings, type ServerSettings } from '../../config/index.js';
import { faulty, ServiceError } from '../../errors/index.js';
import { BodyStream } from '../../http/index.js';
import { jobAnswer, type JobAnswer } from '../job-answer.js';
import { isFinished, type Job } from '../job.js';
import type { Upload } from '../items-in-chunks.js';
import { JobRules } from '../job-rules.js';
import { JobsService } from '../jobs.service.js';
import { jobEvents } from './job-events.js';
import { textLimits, type JobLimits } from './job-limits.js';
import { firstIndexOf, formatOf, idempotencyKeyOf, jobDetailsOf, pageOf, refuseQuery } from './job-queries.js';
import { MOST_TEXTS_AS_JSON } from './job-request.dto.js';
import {
  ApiCancelJob,
  ApiJobEvents,
  ApiJobResults,
  ApiListJobs,
  ApiReadJob,
  ApiSubmitJob,
  PARQUET_TYPE,
  type JobListAnswer,
} from './jobs.openapi.js';
import { JsonJob } from './json-job.js';
import { ndjsonItems } from './ndjson-items.js';
import { jsonResults, ndjsonResults, npyResults, parquetResults } from './results-streams.js';

const KIND = 'job';
const MOST_EVENT_STREAMS = 1000;
/** Without a name, so that a link may give one. */
const ATTACHED = { 'content-disposition': 'attachment' } as const;

type QueryValues = Readonly<Record<string, unknown>>;

@ApiTags('jobs')
@Controller('jobs')
export class JobsController implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private eventStreams = 0;

  constructor(
    private readonly jobs: JobsService,
    private readonly rules: JobRules,
    @Inject(EMBEDDING_SETTINGS) private readonly limits: EmbeddingSettings,
    @Inject(SERVER_SETTINGS) private readonly server: ServerSettings,
  ) {}

  /** Ends the event streams, which would keep the server from closing. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  @Post()
  @HttpCode(202)
  @ApiSubmitJob()
  async submitJob(
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
  async listJobs(@Query() query: QueryValues, @Owner() owner: string): Promise<JobListAnswer> {
    const { before, limit } = pageOf(query);
    const jobs = await this.jobs.list({ owner, kind: KIND, before, limit: limit + 1 });
    const data = jobs.slice(0, limit).map(jobAnswer);
    return { data, has_more: jobs.length > limit, next_after: jobs.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  @Get(':id')
  @ApiReadJob()
  async readJob(@Param('id') id: string, @Owner() owner: string): Promise<JobAnswer> {
    const job = await this.jobs.get(id, owner);
    const notice = await this.jobs.whyWaiting(job);
    return Object.assign(jobAnswer(job), notice === undefined ? {} : { notice });
  }

  @Delete(':id')
  @ApiCancelJob()
  async cancelJob(@Param('id') id: string, @Owner() owner: string): Promise<JobAnswer> {
    return jobAnswer(await this.jobs.cancel(id, owner));
  }

  @Get(':id/results')
  @ApiJobResults()
  async readJobResults(
    @Param('id') id: string,
    @Query() query: QueryValues,
    @Owner() owner: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
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
      case 'parquet':
        return void reply.headers(ATTACHED).type(PARQUET_TYPE).send(parquetResults(parts, job.outputType));
      case 'npy':
        await this.sendNpy(reply, job, from);
    }
  }

  @Get(':id/events')
  @ApiJobEvents()
  async watchJob(@Param('id') id: string, @Owner() owner: string, @Res() reply: FastifyReply): Promise<void> {
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

  private uploadOf(body: unknown, query: QueryValues): Upload {
    if (!(body instanceof BodyStream)) throw faulty('body', 'must be a JSON object');
    const upload = body.format === 'json' ? this.jsonUpload(body, query) : this.ndjsonUpload(body, query);
    return { ...upload, items: forgettingItems(body, upload) };
  }

  private jsonUpload(body: BodyStream, query: QueryValues): Upload {
    refuseQuery(query);
    const job = new JsonJob(body, { ...this.jobLimits(), maxTexts: MOST_TEXTS_AS_JSON });
    return { items: job.items(), details: () => job.details, isSettled: () => job.isSettled };
  }

  private ndjsonUpload(body: BodyStream, query: QueryValues): Upload {
    const limits = this.jobLimits();
    const details = jobDetailsOf(query, limits);
    const { model = limits.defaultModel } = details;
    return {
      items: ndjsonItems(body, { ...limits, ...textLimits(limits, details), model }),
      details: () => details,
      isSettled: () => true,
    };
  }

  private jobLimits(): JobLimits {
    return {
      maxTextLength: this.limits.maxTextLength,
      maxDocumentLength: this.limits.maxDocumentLength,
      maxBytesPerCaller: this.server.bodies.maxBytesPerCaller,
      defaultModel: this.rules.defaultModel,
      maxTokensOf: (model) => this.rules.maxTokensOf(model),
      faultOfField: (field, value, model) => this.rules.faultOfField(field, value, model),
    };
  }

  /** A npy file begins with its length, which is known only when the job has ended. */
  private async sendNpy(reply: FastifyReply, job: Job, from: number): Promise<void> {
    if (!isFinished(job))
      throw new ServiceError(
        'job_unfinished',
        `The job is ${job.status}; format=npy needs a job that has ended; format=ndjson gives the results so far.`,
      );
    const matrix = { rows: Math.max(0, job.total - from), columns: await this.jobs.columnsOf(job), type: job.outputType };
    void reply
      .headers({
        ...ATTACHED,
        'x-texts-without-vector': String(job.total - job.completed),
      })
      .type('application/octet-stream')
      .send(npyResults(this.jobs.results(job, from), matrix));
  }
}

/** The items of an upload, whose bytes are forgotten as soon as its items are no longer kept. */
async function* forgettingItems(body: BodyStream, { items, isSettled }: Upload): Upload['items'] {
  for await (const item of items) {
    if (isSettled()) body.forget();
    yield item;
  }
}
