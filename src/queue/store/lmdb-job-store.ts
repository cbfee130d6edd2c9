import { ServiceError } from '../../errors/index.js';
import { itemsToBytes } from '../chunk-items.js';
import { JOB_STATUSES, type ChunkRef, type Job, type JobError, type JobItem } from '../job.js';
import type {
  AccountShare,
  BegunChunk,
  ChunkResults,
  DueMessage,
  JobPage,
  JobStore,
  JobStoreOptions,
  JobTotals,
  MessageOrder,
  NewJob,
  StoredResults,
  Submission,
  Submitted,
} from './job-store.port.js';
import { LmdbChunks } from './lmdb-chunks.js';
import { accountOf, isOpen, LmdbJobRecords, toJob } from './lmdb-job-records.js';
import { LmdbMessages } from './lmdb-messages.js';
import { LmdbRetention } from './lmdb-retention.js';
import { uploadGone } from './upload-gone.js';
import { indexOlderJobs } from './lmdb-older-jobs.js';
import { accountOfShareKey, openLmdbTables, type LmdbTables, type StoredJob } from './lmdb-tables.js';

/** The record of an upload; the submission brings the details. */
const NO_DETAILS = {
  model: '',
  space: '',
  error: undefined,
  idempotencyKey: undefined,
  webhookUrl: undefined,
  inputType: undefined,
  truncate: undefined,
  outputType: undefined,
  ranges: undefined,
} as const;

/** Jobs in a file under DATA_DIR. Every change is a transaction, which is on the disk when it returns. */
export class LmdbJobStore implements JobStore {
  private readonly records: LmdbJobRecords;
  private readonly chunks: LmdbChunks;
  private readonly messages: LmdbMessages;
  private readonly retention: LmdbRetention;

  private constructor(
    private readonly tables: LmdbTables,
    private readonly options: JobStoreOptions,
  ) {
    this.records = new LmdbJobRecords(tables, options);
    this.chunks = new LmdbChunks(tables, this.records, options);
    this.messages = new LmdbMessages(tables, this.records, options);
    this.retention = new LmdbRetention(tables, this.records, options);
  }

  /** Throws when the folder cannot be written. */
  static open(folder: string, options: JobStoreOptions): LmdbJobStore {
    const tables = openLmdbTables(folder);
    indexOlderJobs(tables);
    return new LmdbJobStore(tables, options);
  }

  async create(upload: NewJob): Promise<void> {
    await this.change(() => {
      const times = { createdAt: this.options.now(), startedAt: undefined, finishedAt: undefined };
      this.records.add({ ...upload, status: 'uploading', total: 0, completed: 0, failed: 0, ...times, ...NO_DETAILS });
    });
  }

  async addChunk(jobId: string, start: number, items: readonly JobItem[]): Promise<void> {
    await this.change(() => {
      const job = this.records.get(jobId);
      if (job?.status !== 'uploading') throw uploadGone();
      this.tables.texts.putSync([jobId, start], itemsToBytes(items));
      this.tables.todo.putSync([jobId, start], { count: items.length, tries: 0 });
      this.records.change(job, {});
    });
  }

  async submit(submission: Submission): Promise<Submitted> {
    const { jobId, total, idempotency, maxOpenJobs, share } = submission;
    return await this.change((): Submitted => {
      const upload = this.records.get(jobId);
      if (upload?.status !== 'uploading') throw uploadGone();
      const known = idempotency && this.tables.idempotency.get([upload.owner, idempotency.key]);
      const job = known && this.records.visible(known.jobId);
      if (job !== undefined) return known?.bodyHash === idempotency?.bodyHash ? { outcome: 'repeated', job } : { outcome: 'mismatch' };
      if (this.records.countOf('queued') + this.records.countOf('active') >= maxOpenJobs) return { outcome: 'full' };
      const queued = this.records.shareOf(accountOf(upload));
      if (queued.jobs >= share.jobs || queued.texts + total > share.texts) return { outcome: 'share-full', queued };
      return { outcome: 'accepted', job: this.accept(upload, submission) };
    });
  }

  async discard(jobId: string): Promise<void> {
    await this.change(() => {
      const job = this.records.get(jobId);
      if (job?.status === 'uploading') this.records.remove(job);
    });
    while ((await this.change(() => this.retention.emptyTrash())) > 0); // now, because the disk may be full
  }

  async get(jobId: string): Promise<Job | undefined> {
    return await this.read(() => this.records.visible(jobId));
  }

  async list({ owner, kind, before, limit }: JobPage): Promise<readonly Job[]> {
    return await this.read(() => {
      const start = [owner, kind, before ?? 'k'] as [string, string, string]; // sorts behind every id: they begin with j
      const keys = this.tables.lists.getKeys({ start, end: [owner, kind, ''], reverse: true, limit, exclusiveStart: true });
      return [...keys].flatMap(([, , id]) => this.records.visible(id) ?? []);
    });
  }

  async openJobs(perAccount: number): Promise<readonly Job[]> {
    return await this.read(() => {
      const jobs = this.accounts().flatMap((account) => this.openJobsOf(account, perAccount));
      return jobs.sort((left, right) => left.createdAt - right.createdAt);
    });
  }

  async nextChunks(jobId: string, limit: number): Promise<readonly ChunkRef[]> {
    return await this.read(() => this.chunks.next(jobId, limit));
  }

  async begin(chunk: ChunkRef): Promise<BegunChunk | undefined> {
    return await this.change(() => this.chunks.begin(chunk));
  }

  async putBack(chunk: ChunkRef): Promise<void> {
    await this.change(() => this.chunks.putBack(chunk));
  }

  async complete(chunk: ChunkRef, results: ChunkResults): Promise<boolean> {
    return await this.change(() => this.chunks.complete(chunk, results));
  }

  async split(chunk: ChunkRef, tries: number): Promise<void> {
    await this.change(() => this.chunks.split(chunk, tries));
  }

  async stop(jobId: string, status: 'failed' | 'cancelled', error?: JobError): Promise<Job | undefined> {
    return await this.change(() => {
      const job = this.records.get(jobId);
      return isOpen(job) ? this.retention.stop(job, status, error) : undefined;
    });
  }

  async resultsAt(jobId: string, index: number): Promise<StoredResults | undefined> {
    return await this.read(() => this.chunks.resultsAt(jobId, index));
  }

  async resultsFrom(jobId: string, index: number): Promise<number | undefined> {
    return await this.read(() => this.chunks.resultsFrom(jobId, index));
  }

  async totals(): Promise<JobTotals> {
    return await this.read(() => {
      const jobs = Object.fromEntries(JOB_STATUSES.map((status) => [status, this.records.countOf(status)])) as JobTotals['jobs'];
      const [oldest] = this.retention.idsOf('queued', { limit: 1 });
      const oldestQueuedAt = oldest === undefined ? undefined : this.records.get(oldest)?.createdAt;
      return { jobs, pendingTexts: this.records.countOf('pendingTexts'), oldestQueuedAt };
    });
  }

  async shares(): Promise<readonly AccountShare[]> {
    return await this.read(() => this.accounts().map((account) => ({ account, ...this.records.shareOf(account) })));
  }

  async expire(limit: number): Promise<number> {
    return await this.change(() => this.retention.expire(limit));
  }

  async takeMessages(order: MessageOrder): Promise<readonly DueMessage[]> {
    return await this.change(() => this.messages.take(order));
  }

  async settleMessage(jobId: string, retryInMs: number | undefined): Promise<void> {
    await this.change(() => this.messages.settle(jobId, retryInMs));
  }

  findFault(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async close(): Promise<void> {
    await this.tables.root.close();
  }

  /** The accounts that have open jobs. */
  private accounts(): readonly string[] {
    return Array.from(this.tables.shares.getKeys(), accountOfShareKey);
  }

  private openJobsOf(account: string, limit: number): readonly Job[] {
    const keys = this.tables.open.getKeys({ start: [account, 0, ''], end: [account, Number.MAX_SAFE_INTEGER, ''], limit });
    return Array.from(keys).flatMap(([, , id]) => this.records.visible(id) ?? []);
  }

  private accept(upload: StoredJob, submission: Submission): Job {
    const { owner, kind, id } = upload;
    const { total, idempotency, model, space, webhookUrl, inputType, truncate, outputType, ranges } = submission;
    this.tables.lists.putSync([owner, kind, id], null);
    if (idempotency !== undefined) this.tables.idempotency.putSync([owner, idempotency.key], { jobId: id, bodyHash: idempotency.bodyHash });
    this.records.addPending(total);
    const details = { model, space, webhookUrl, inputType, truncate, outputType, ranges, idempotencyKey: idempotency?.key };
    return toJob(this.records.change(upload, { status: 'queued', total, ...details })) as Job;
  }

  /** Runs the action in one transaction, which is on the disk when this resolves. When this rejects, nothing has changed. */
  private change<T>(action: () => T): Promise<T> {
    return new Promise((resolve) => resolve(this.tables.root.transactionSync(action))).catch(storageError) as Promise<T>;
  }

  private read<T>(action: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.tables.root.resetReadTxn(); // else a read sees the file as it was at the first read of this turn of the event loop
      resolve(action());
    });
  }
}

function storageError(cause: unknown): never {
  if (cause instanceof ServiceError) throw cause;
  throw new ServiceError('insufficient_storage', 'There is no room to store this: the disk under DATA_DIR is full or fails.', { cause });
}
