import { isFinished, type Job } from '../job.js';
import { shareKey, type LmdbTables, type Stage, type StoredJob } from './lmdb-tables.js';
import { UPLOAD_TTL_MS, type JobStoreOptions, type QueueShare } from './job-store.port.js';

const NOTHING: QueueShare = { jobs: 0, texts: 0 };

/** Changes a job's record, and with it every table that counts or sorts jobs. Call it in a transaction. */
export class LmdbJobRecords {
  constructor(
    private readonly tables: LmdbTables,
    private readonly options: JobStoreOptions,
  ) {}

  get(id: string): StoredJob | undefined {
    return this.tables.jobs.get(id);
  }

  /** Undefined for an upload, which no reader sees. */
  visible(id: string): Job | undefined {
    const stored = this.get(id);
    return stored && toJob(stored);
  }

  add(job: Omit<StoredJob, 'stamp'>): StoredJob {
    const stored = { ...job, stamp: this.stampOf(job.status, job.createdAt) };
    this.place(stored);
    return stored;
  }

  change(stored: StoredJob, change: Partial<StoredJob>): StoredJob {
    const changed = { ...stored, ...change };
    const next = { ...changed, stamp: this.stampOf(changed.status, changed.createdAt) };
    this.displace(stored);
    this.place(next);
    return next;
  }

  /** Ends the job, and makes its webhook's message due. */
  finish(stored: StoredJob, status: 'completed' | 'failed' | 'cancelled', change: Partial<StoredJob> = {}): StoredJob {
    const finishedAt = this.options.now();
    const finished = this.change(stored, { ...change, status, finishedAt });
    this.addPending(-(stored.total - stored.completed - stored.failed));
    if (stored.webhookUrl !== undefined) this.setMessage(finished, finishedAt, 0);
    return finished;
  }

  /** Removes the record. Texts and results are removed later, through the table `trash`. */
  remove(stored: StoredJob): void {
    const { tables } = this;
    this.displace(stored);
    tables.jobs.removeSync(stored.id);
    tables.lists.removeSync([stored.owner, stored.kind, stored.id]);
    if (stored.idempotencyKey !== undefined) tables.idempotency.removeSync([stored.owner, stored.idempotencyKey]);
    this.removeMessage(stored);
    tables.trash.putSync(stored.id, null);
  }

  /** Counts texts to do, of all accounts together; shares follow from the records. */
  addPending(texts: number): void {
    this.count('pendingTexts', texts);
  }

  countOf(name: Stage | 'pendingTexts'): number {
    return this.tables.counts.get(name) ?? 0;
  }

  shareOf(account: string): QueueShare {
    return this.tables.shares.get(shareKey(account)) ?? NOTHING;
  }

  setMessage(stored: StoredJob, due: number, tries: number): void {
    this.removeMessage(stored);
    this.tables.messages.putSync([accountOf(stored), due, stored.id], tries);
    this.tables.messageDue.putSync(stored.id, due);
  }

  removeMessage(stored: StoredJob): void {
    const due = this.tables.messageDue.get(stored.id);
    if (due === undefined) return;
    this.tables.messages.removeSync([accountOf(stored), due, stored.id]);
    this.tables.messageDue.removeSync(stored.id);
  }

  private place(stored: StoredJob): void {
    this.tables.jobs.putSync(stored.id, stored);
    this.tables.stages.putSync([stored.status, stored.stamp, stored.id], null);
    this.count(stored.status, 1);
    if (!isOpen(stored)) return;
    this.tables.open.putSync([accountOf(stored), stored.createdAt, stored.id], null);
    this.addToShare(stored, { jobs: 1, texts: remaining(stored) });
  }

  private displace(stored: StoredJob): void {
    const { id, status, stamp, createdAt } = stored;
    this.tables.stages.removeSync([status, stamp, id]);
    this.count(status, -1);
    if (!isOpen(stored)) return;
    this.tables.open.removeSync([accountOf(stored), createdAt, id]);
    this.addToShare(stored, { jobs: -1, texts: -remaining(stored) });
  }

  private addToShare(stored: StoredJob, { jobs, texts }: QueueShare): void {
    const account = accountOf(stored);
    const share = this.shareOf(account);
    const next = { jobs: share.jobs + jobs, texts: share.texts + texts };
    if (next.jobs === 0) this.tables.shares.removeSync(shareKey(account));
    else this.tables.shares.putSync(shareKey(account), next);
  }

  private count(name: Stage | 'pendingTexts', by: number): void {
    this.tables.counts.putSync(name, this.countOf(name) + by);
  }

  private stampOf(status: Stage, createdAt: number): number {
    if (status === 'queued' || status === 'active') return createdAt;
    return this.options.now() + (status === 'uploading' ? UPLOAD_TTL_MS : this.options.ttlMs);
  }
}

/** The key whose share and turn a job takes; jobs of older versions have no account. */
export function accountOf({ account, owner }: Pick<StoredJob, 'account' | 'owner'>): string {
  return account ?? owner;
}

function remaining({ total, completed, failed }: StoredJob): number {
  return total - completed - failed;
}

/** Undefined fields are left out of the stored JSON. */
export function toJob({
  id,
  owner,
  account = owner,
  kind,
  model = '',
  space,
  status,
  total,
  completed,
  failed,
  ...rest
}: StoredJob): Job | undefined {
  if (status === 'uploading') return undefined;
  const { outputType = 'float', ranges, createdAt, startedAt, finishedAt, error, webhookUrl } = rest;
  const about = { id, owner, account, kind, model, space, outputType, ranges };
  return { ...about, status, total, completed, failed, createdAt, startedAt, finishedAt, error, webhookUrl };
}

export function isOpen(stored: StoredJob | undefined): stored is StoredJob & { readonly status: 'queued' | 'active' } {
  return stored !== undefined && stored.status !== 'uploading' && !isFinished(stored as Job);
}
