import { isFinished, type Job } from '../job.js';
import type { LmdbTables, Stage, StoredJob } from './lmdb-tables.js';
import { UPLOAD_TTL_MS, type JobStoreOptions } from './job-store.port.js';

/** Changes of one job's record and of everything that is counted or sorted by it. To be called in a transaction. */
export class LmdbJobRecords {
  constructor(
    private readonly tables: LmdbTables,
    private readonly options: JobStoreOptions,
  ) {}

  get(id: string): StoredJob | undefined {
    return this.tables.jobs.get(id);
  }

  /** Undefined for an upload, which nobody sees. */
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

  /** Ends it, and puts its webhook's message in line. */
  finish(stored: StoredJob, status: 'completed' | 'failed' | 'cancelled', change: Partial<StoredJob> = {}): StoredJob {
    const finishedAt = this.options.now();
    const finished = this.change(stored, { ...change, status, finishedAt });
    this.addPending(-(stored.total - stored.completed - stored.failed));
    if (stored.webhookUrl !== undefined) this.setMessage(stored.id, finishedAt, 0);
    return finished;
  }

  /** Forgets it; its texts and results are left to the trash. */
  remove(stored: StoredJob): void {
    const { tables } = this;
    this.displace(stored);
    tables.jobs.removeSync(stored.id);
    tables.lists.removeSync([stored.owner, stored.kind, stored.id]);
    if (stored.idempotencyKey !== undefined) tables.idempotency.removeSync([stored.owner, stored.idempotencyKey]);
    this.removeMessage(stored.id);
    tables.trash.putSync(stored.id, null);
  }

  addPending(texts: number): void {
    this.count('pendingTexts', texts);
  }

  countOf(name: Stage | 'pendingTexts'): number {
    return this.tables.counts.get(name) ?? 0;
  }

  setMessage(id: string, due: number, tries: number): void {
    this.removeMessage(id);
    this.tables.messages.putSync([due, id], tries);
    this.tables.messageDue.putSync(id, due);
  }

  removeMessage(id: string): void {
    const due = this.tables.messageDue.get(id);
    if (due === undefined) return;
    this.tables.messages.removeSync([due, id]);
    this.tables.messageDue.removeSync(id);
  }

  private place(stored: StoredJob): void {
    this.tables.jobs.putSync(stored.id, stored);
    this.tables.stages.putSync([stored.status, stored.stamp, stored.id], null);
    this.count(stored.status, 1);
  }

  private displace({ id, status, stamp }: StoredJob): void {
    this.tables.stages.removeSync([status, stamp, id]);
    this.count(status, -1);
  }

  private count(name: Stage | 'pendingTexts', by: number): void {
    this.tables.counts.putSync(name, this.countOf(name) + by);
  }

  private stampOf(status: Stage, createdAt: number): number {
    if (status === 'queued' || status === 'active') return createdAt;
    return this.options.now() + (status === 'uploading' ? UPLOAD_TTL_MS : this.options.ttlMs);
  }
}

/** What is undefined is left out of the JSON that is stored. */
export function toJob({ id, owner, kind, space, status, total, completed, failed, ...rest }: StoredJob): Job | undefined {
  if (status === 'uploading') return undefined;
  const { createdAt, startedAt, finishedAt, error, webhookUrl } = rest;
  return { id, owner, kind, space, status, total, completed, failed, createdAt, startedAt, finishedAt, error, webhookUrl };
}

export function isOpen(stored: StoredJob | undefined): stored is StoredJob & { readonly status: 'queued' | 'active' } {
  return stored !== undefined && stored.status !== 'uploading' && !isFinished(stored as Job);
}
