import { ServiceError } from '../../errors/index.js';
import { itemsFromBytes, itemsToBytes } from '../chunk-items.js';
import { JOB_STATUSES, type ChunkRef, type Job, type JobError, type JobItem } from '../job.js';
import type {
  BegunChunk,
  ChunkResults,
  DueMessage,
  JobPage,
  JobStore,
  JobStoreOptions,
  JobTotals,
  NewJob,
  StoredResults,
  Submission,
  Submitted,
} from './job-store.port.js';
import { isOpen, LmdbJobRecords, toJob } from './lmdb-job-records.js';
import { LmdbRetention } from './lmdb-retention.js';
import { uploadGone } from './upload-gone.js';
import { openLmdbTables, type LmdbTables, type StoredJob } from './lmdb-tables.js';

const LAST = Number.MAX_SAFE_INTEGER;

/** Jobs in a file under DATA_DIR: every change is a transaction that is on the disk when it returns. */
export class LmdbJobStore implements JobStore {
  private readonly records: LmdbJobRecords;
  private readonly retention: LmdbRetention;

  private constructor(
    private readonly tables: LmdbTables,
    private readonly options: JobStoreOptions,
  ) {
    this.records = new LmdbJobRecords(tables, options);
    this.retention = new LmdbRetention(tables, this.records, options);
  }

  /** Throws when the folder cannot be written. */
  static open(folder: string, options: JobStoreOptions): LmdbJobStore {
    return new LmdbJobStore(openLmdbTables(folder), options);
  }

  async create({ id, owner, kind, space, webhookUrl }: NewJob): Promise<void> {
    await this.change(() => {
      const none = { startedAt: undefined, finishedAt: undefined, error: undefined, idempotencyKey: undefined };
      const counts = { total: 0, completed: 0, failed: 0 };
      this.records.add({ id, owner, kind, space, webhookUrl, status: 'uploading', createdAt: this.options.now(), ...counts, ...none });
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

  async submit({ jobId, total, idempotency, maxOpenJobs }: Submission): Promise<Submitted> {
    return await this.change(() => {
      const upload = this.records.get(jobId);
      if (upload?.status !== 'uploading') throw uploadGone();
      const known = idempotency && this.tables.idempotency.get([upload.owner, idempotency.key]);
      const job = known && this.records.visible(known.jobId);
      if (job !== undefined) return known?.bodyHash === idempotency?.bodyHash ? { outcome: 'repeated', job } : { outcome: 'mismatch' };
      if (this.records.countOf('queued') + this.records.countOf('active') >= maxOpenJobs) return { outcome: 'full' };
      return { outcome: 'accepted', job: this.accept(upload, total, idempotency) };
    });
  }

  async discard(jobId: string): Promise<void> {
    await this.change(() => {
      const job = this.records.get(jobId);
      if (job?.status === 'uploading') this.records.remove(job);
    });
    while ((await this.change(() => this.retention.emptyTrash())) > 0); // its room is wanted now: the disk may be full
  }

  async get(jobId: string): Promise<Job | undefined> {
    return await this.read(() => this.records.visible(jobId));
  }

  async list({ owner, kind, before, limit }: JobPage): Promise<readonly Job[]> {
    return await this.read(() => {
      const start = [owner, kind, before ?? 'k'] as [string, string, string]; // after every id, which begin with j
      const keys = this.tables.lists.getKeys({ start, end: [owner, kind, ''], reverse: true, limit, exclusiveStart: true });
      return [...keys].flatMap(([, , id]) => this.records.visible(id) ?? []);
    });
  }

  async openJobs(limit: number): Promise<readonly Job[]> {
    return await this.read(() => {
      const open = (['active', 'queued'] as const).flatMap((status) => this.retention.idsOf(status, { limit }));
      const jobs = open.flatMap((id) => this.records.visible(id) ?? []);
      return jobs.sort((one, other) => one.createdAt - other.createdAt).slice(0, limit);
    });
  }

  async nextChunks(jobId: string, limit: number): Promise<readonly ChunkRef[]> {
    return await this.read(() => {
      const range = this.tables.todo.getRange({ start: [jobId, 0], end: [jobId, LAST], limit });
      return [...range].map(({ key: [, start], value: { count } }) => ({ jobId, start, count }));
    });
  }

  async begin({ jobId, start, count }: ChunkRef): Promise<BegunChunk | undefined> {
    return await this.change(() => {
      const job = this.records.get(jobId);
      const todo = this.tables.todo.get([jobId, start]);
      const bytes = this.tables.texts.get([jobId, start]);
      if (!isOpen(job) || todo?.count !== count || bytes === undefined) return undefined;
      const tries = todo.tries + 1;
      this.tables.todo.putSync([jobId, start], { count, tries });
      if (job.status === 'queued') this.records.change(job, { status: 'active', startedAt: this.options.now() });
      return { items: itemsFromBytes(bytes), tries };
    });
  }

  async putBack({ jobId, start, count }: ChunkRef): Promise<void> {
    await this.change(() => {
      const todo = this.tables.todo.get([jobId, start]);
      if (todo?.count === count) this.tables.todo.putSync([jobId, start], { count, tries: Math.max(0, todo.tries - 1) });
    });
  }

  async complete({ jobId, start, count }: ChunkRef, { bytes, completed, failed }: ChunkResults): Promise<boolean> {
    return await this.change(() => {
      const job = this.records.get(jobId);
      if (!isOpen(job) || this.tables.todo.get([jobId, start])?.count !== count) return false;
      this.tables.results.putSync([jobId, start], Buffer.from(bytes));
      this.tables.texts.removeSync([jobId, start]);
      this.tables.todo.removeSync([jobId, start]);
      this.records.addPending(-count);
      const counts = { completed: job.completed + completed, failed: job.failed + failed };
      const counted = this.records.change(job, counts);
      if (counts.completed + counts.failed === job.total) this.records.finish(counted, 'completed');
      return true;
    });
  }

  async split({ jobId, start, count }: ChunkRef, tries: number): Promise<void> {
    await this.change(() => {
      const bytes = this.tables.texts.get([jobId, start]);
      if (bytes === undefined || this.tables.todo.get([jobId, start])?.count !== count) return;
      const items = itemsFromBytes(bytes);
      const half = Math.ceil(count / 2);
      for (const [from, part] of [
        [start, items.slice(0, half)],
        [start + half, items.slice(half)],
      ] as const) {
        this.tables.texts.putSync([jobId, from], itemsToBytes(part));
        this.tables.todo.putSync([jobId, from], { count: part.length, tries });
      }
    });
  }

  async stop(jobId: string, status: 'failed' | 'cancelled', error?: JobError): Promise<Job | undefined> {
    return await this.change(() => {
      const job = this.records.get(jobId);
      return isOpen(job) ? this.retention.stop(job, status, error) : undefined;
    });
  }

  async resultsAt(jobId: string, index: number): Promise<StoredResults | undefined> {
    return await this.read(() => {
      const range = this.tables.results.getRange({ start: [jobId, index], end: [jobId, 0], reverse: true, limit: 1, inclusiveEnd: true });
      for (const {
        key: [, start],
        value,
      } of range)
        return { start, bytes: Uint8Array.from(value) };
      return undefined;
    });
  }

  async totals(): Promise<JobTotals> {
    return await this.read(() => {
      const jobs = Object.fromEntries(JOB_STATUSES.map((status) => [status, this.records.countOf(status)])) as JobTotals['jobs'];
      const [oldest] = this.retention.idsOf('queued', { limit: 1 });
      const oldestQueuedAt = oldest === undefined ? undefined : this.records.get(oldest)?.createdAt;
      return { jobs, pendingTexts: this.records.countOf('pendingTexts'), oldestQueuedAt };
    });
  }

  async expire(limit: number): Promise<number> {
    return await this.change(() => this.retention.expire(limit));
  }

  async takeMessages(limit: number, leaseMs: number): Promise<readonly DueMessage[]> {
    return await this.change(() => {
      const now = this.options.now();
      const due = [...this.tables.messages.getRange({ end: [now + 1, ''], limit })];
      return due.flatMap(({ key: [, id], value: tries }) => {
        this.records.setMessage(id, now + leaseMs, tries + 1);
        const job = this.records.visible(id);
        return job === undefined ? [] : [{ job, tries }];
      });
    });
  }

  async settleMessage(jobId: string, retryInMs: number | undefined): Promise<void> {
    await this.change(() => {
      const due = this.tables.messageDue.get(jobId);
      const tries = due === undefined ? undefined : this.tables.messages.get([due, jobId]);
      if (retryInMs === undefined) this.records.removeMessage(jobId);
      else if (tries !== undefined) this.records.setMessage(jobId, this.options.now() + retryInMs, tries);
    });
  }

  isReachable(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async close(): Promise<void> {
    await this.tables.root.close();
  }

  private accept(upload: StoredJob, total: number, idempotency: Submission['idempotency']): Job {
    const { owner, kind, id } = upload;
    this.tables.lists.putSync([owner, kind, id], null);
    if (idempotency !== undefined) this.tables.idempotency.putSync([owner, idempotency.key], { jobId: id, bodyHash: idempotency.bodyHash });
    this.records.addPending(total);
    return toJob(this.records.change(upload, { status: 'queued', total, idempotencyKey: idempotency?.key })) as Job;
  }

  /** In one transaction, on the disk when it resolves; nothing of it is done when it rejects. */
  private change<T>(action: () => T): Promise<T> {
    return new Promise((resolve) => resolve(this.tables.root.transactionSync(action))).catch(storageError) as Promise<T>;
  }

  private read<T>(action: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.tables.root.resetReadTxn(); // what this turn of the event loop has read before may have changed
      resolve(action());
    });
  }
}

function storageError(cause: unknown): never {
  if (cause instanceof ServiceError) throw cause;
  throw new ServiceError('insufficient_storage', 'There is no room to store this: the disk under DATA_DIR is full or fails.', { cause });
}
