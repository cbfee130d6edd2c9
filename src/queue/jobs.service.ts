import { Inject, Injectable, Logger } from '@nestjs/common';
import { KeyUsage } from '../auth/index.js';
import { QUEUE_SETTINGS, type QueueSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { typedVector } from '../vectors/index.js';
import { resultsFromBytes, type ItemResult } from './chunk-results.js';
import { isFinished, type Job, type JobError } from './job.js';
import { idempotencyOf } from './idempotency.js';
import { itemsInChunks, type Upload } from './items-in-chunks.js';
import { JobRules, rangesOfJob } from './job-rules.js';
import { FULL_RETRY_SECONDS, mismatch, shareFull, tooMuchForShare } from './job-refusals.js';
import { isJobId, newJobId } from './job-id.js';
import { uploadItems } from './job-upload.js';
import { JobFeeder } from './runner/job-feeder.js';
import { withinMs } from './within-ms.js';
import { QueueShares } from './queue-shares.js';
import { rangesFromText } from './stored-ranges.js';
import {
  JOB_STORE,
  type AccountShare,
  type JobDetails,
  type JobPage,
  type JobStore,
  type Submission,
  type Submitted,
} from './store/job-store.port.js';
import { checkWebhookUrl } from './webhook/webhook-url.js';

export interface JobOrder {
  readonly owner: string;
  /** The key whose share of the queue the job takes; the owner unless given. */
  readonly account?: string;
  readonly kind: string;
  readonly items: Upload['items'];
  /** Called before the items are read, and again when they have ended. */
  readonly details?: Upload['details'];
  /** Undefined = the details are known from the beginning. */
  readonly isSettled?: Upload['isSettled'];
  /** The same key with the same order gives the same job. */
  readonly idempotencyKey?: string | undefined;
}

/** Some results of a job, in the order of its texts: those of the texts from `start` on. */
export interface ResultsPart {
  readonly start: number;
  readonly results: readonly ItemResult[];
}

const MISSING_A_PART = 100;

/** Probes give up after a second or so. */
const REACHABLE_WITHIN_MS = 1_000;

/** Submits, reads, lists and cancels jobs. */
@Injectable()
export class JobsService {
  private readonly logger = new Logger('Jobs');

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(QUEUE_SETTINGS) private readonly settings: QueueSettings,
    private readonly feeder: JobFeeder,
    private readonly usage: KeyUsage,
    private readonly shares: QueueShares,
    private readonly rules: JobRules,
  ) {}

  /** Why jobs cannot be kept now; undefined = they can. Resolves within a second or so. */
  async findFault(): Promise<string | undefined> {
    const found = await withinMs(
      REACHABLE_WITHIN_MS,
      this.store.findFault().then((fault) => ({ fault })),
    );
    return found === undefined ? 'does not answer' : found.fault;
  }

  /** Resolves when the job is durable. If this rejects, or the job repeats another, nothing of the upload is kept. */
  async submit(order: JobOrder): Promise<Job> {
    const { owner, account = owner, kind, items, details: given = () => ({}), isSettled = () => true } = order;
    this.rules.check(this.detailsOf(order)); // refuses now what is known already
    const id = newJobId(Date.now());
    try {
      await this.refuseIfFull(account);
      await this.store.create({ id, owner, account, kind });
      const texts = itemsInChunks({ items, details: given, isSettled }, this.rules.cutterFor(given));
      const uploaded = await uploadItems(this.store, id, texts, this.settings);
      const details = this.detailsOf(order);
      const served = this.rules.check(details);
      const { name: model, space } = served;
      const other = model === this.rules.defaultModel ? undefined : model;
      const idempotency = idempotencyOf(order, { ...details, model: other }, uploaded.hash);
      const ranges = rangesOfJob(details, served);
      const made = { ...details, ranges, model, space: space.fingerprint };
      const submitted = await this.submitUpload(account, { jobId: id, total: uploaded.total, idempotency, ...made });
      if (submitted.outcome === 'repeated') await this.discard(id);
      else this.accepted(submitted.job);
      return submitted.job;
    } catch (error) {
      await this.discard(id);
      throw error;
    }
  }

  /** Throws `not_found` for a job that is not there or another owner's. */
  async get(id: string, owner: string): Promise<Job> {
    const job = isJobId(id) ? await this.store.get(id) : undefined;
    if (job?.owner !== owner) throw new ServiceError('not_found', 'There is no such job; finished ones are removed after JOB_TTL.');
    return job;
  }

  /** Why nothing of a job is done, for its owner; undefined = it has ended, a worker has its model, or that cannot be told now. */
  async whyWaiting(job: Job): Promise<string | undefined> {
    return await withinMs(REACHABLE_WITHIN_MS, this.feeder.whyWaiting(job));
  }

  /** The jobs and texts that each account has queued or active; nothing when the store does not answer within a second. */
  async queuedByAccount(): Promise<readonly AccountShare[]> {
    return (await withinMs(REACHABLE_WITHIN_MS, this.store.shares())) ?? [];
  }

  async list(page: JobPage): Promise<readonly Job[]> {
    return await this.store.list(page);
  }

  /** A cancelled job stays as it is; one that has ended otherwise cannot be cancelled any more. */
  async cancel(id: string, owner: string): Promise<Job> {
    const job = await this.get(id, owner);
    const stopped = isFinished(job) ? undefined : await this.store.stop(id, 'cancelled');
    const now = stopped ?? (await this.get(id, owner));
    if (now.status !== 'cancelled') throw new ServiceError('job_finished', `The job is ${now.status}: there is nothing left to cancel.`);
    return now;
  }

  /**
   * Yields the results from the text at `from` on: of an open job up to the first gap, of a finished job up to its last text.
   * Throws `not_found` when the job is removed meanwhile.
   */
  async *results(job: Job, from: number): AsyncGenerator<ResultsPart> {
    const typed = typedAs(job);
    for (let next = from; next < job.total;) {
      const stored = await this.store.resultsAt(job.id, next);
      const rest =
        stored === undefined
          ? []
          : resultsFromBytes(stored.bytes)
              .slice(next - stored.start)
              .map(typed);
      if (rest.length === 0 && !isFinished(job)) return;
      const part = rest.length > 0 ? { start: next, results: rest } : await this.missing(job, next);
      yield part;
      next += part.results.length;
    }
  }

  /** How many numbers each vector of the job has; 0 = it has no vectors. */
  async columnsOf(job: Job): Promise<number> {
    for await (const { results } of this.results(job, 0)) {
      for (const result of results) if (!('error' in result)) return result.vector.length;
    }
    return 0;
  }

  /** The texts of an ended job that were not computed, from `start` to the next result, at most a hundred. */
  private async missing({ id, owner, total }: Job, start: number): Promise<ResultsPart> {
    const job = await this.get(id, owner);
    const end = (await this.store.resultsFrom(id, start)) ?? total;
    const failure = { error: whyMissing(job), isMissing: true } as const;
    return { start, results: Array.from({ length: Math.min(end - start, MISSING_A_PART) }, () => failure) };
  }

  /** Before the texts are stored; the store decides again in the step that takes the job in. */
  private async refuseIfFull(account: string): Promise<void> {
    const { jobs } = await this.store.totals();
    if (jobs.queued + jobs.active >= this.settings.maxOpenJobs) throw this.full();
    const share = this.shares.of(account);
    const queued = (await this.store.shares()).find((used) => used.account === account);
    if (queued !== undefined && (queued.jobs >= share.jobs || queued.texts >= share.texts)) throw shareFull(share, queued);
  }

  private detailsOf({ details }: JobOrder): JobDetails {
    const given = details?.() ?? {};
    if (given.webhookUrl !== undefined) checkWebhookUrl(given.webhookUrl, this.settings.webhooks);
    return given;
  }

  private async submitUpload(
    account: string,
    upload: Omit<Submission, 'maxOpenJobs' | 'share'>,
  ): Promise<Extract<Submitted, { readonly job: Job }>> {
    const share = this.shares.of(account);
    if (upload.total > share.texts) throw tooMuchForShare(share, upload.total);
    const submitted = await this.store.submit({ ...upload, maxOpenJobs: this.settings.maxOpenJobs, share });
    switch (submitted.outcome) {
      case 'full':
        throw this.full();
      case 'share-full':
        throw shareFull(share, submitted.queued);
      case 'mismatch':
        throw mismatch();
      case 'accepted':
      case 'repeated':
        return submitted;
    }
  }

  private full(): ServiceError {
    return new ServiceError('overloaded', `${this.settings.maxOpenJobs} jobs are queued or active (MAX_QUEUED_JOBS); try again later.`, {
      retryAfterSeconds: FULL_RETRY_SECONDS,
    });
  }

  private accepted({ id, owner, total }: Job): void {
    this.usage.handedIn(owner, total);
    this.announce(id);
  }

  /** Is not waited for: the job is stored, and the workers put it in line at their next round at the latest. */
  private announce(id: string): void {
    this.feeder.feed(id).catch((error: unknown) => this.logger.debug(`A job waits for the next round: ${String(error)}`));
  }

  private async discard(id: string): Promise<void> {
    await this.store.discard(id).catch((error: unknown) => this.logger.debug(`An upload stays until it expires: ${String(error)}`));
  }
}

/** Gives results the type of their job: a worker of an older version stores float vectors. */
function typedAs({ outputType, ranges }: Job): (result: ItemResult) => ItemResult {
  const ends = rangesFromText(ranges);
  return (result) => {
    if ('error' in result || outputType === 'float' || !(result.vector instanceof Float32Array)) return result;
    return { ...result, vector: typedVector(result.vector, outputType, ends) };
  };
}

function whyMissing({ status, error }: Job): JobError {
  if (error !== undefined) return error;
  return { code: status, message: `The job was ${status} before this text was computed.` };
}
