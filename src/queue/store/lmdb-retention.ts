import type { Job, JobError } from '../job.js';
import type { JobStoreOptions } from './job-store.port.js';
import { toJob, type LmdbJobRecords } from './lmdb-job-records.js';
import type { LmdbTables, Stage, StoredJob } from './lmdb-tables.js';

const LAST = Number.MAX_SAFE_INTEGER;
/** Chunks of removed jobs that one call removes: a large job is removed in many short steps. */
const TRASHED_CHUNKS_A_CALL = 200;

interface StageRange {
  readonly limit: number;
  /** Only jobs stamped before this time. */
  readonly before?: number;
}

/** Ends jobs that took too long and removes old ones. Call it in a transaction. */
export class LmdbRetention {
  constructor(
    private readonly tables: LmdbTables,
    private readonly records: LmdbJobRecords,
    private readonly options: JobStoreOptions,
  ) {}

  idsOf(stage: Stage, { limit, before = LAST }: StageRange): readonly string[] {
    return [...this.tables.stages.getKeys({ start: [stage, 0, ''], end: [stage, before, ''], limit })].map(([, , id]) => id);
  }

  stop(job: StoredJob, status: 'failed' | 'cancelled', error?: JobError): Job | undefined {
    const chunks = Array.from(this.tables.todo.getKeys({ start: [job.id, 0], end: [job.id, LAST] }));
    for (const chunk of chunks) this.tables.todo.removeSync(chunk);
    this.tables.trash.putSync(job.id, null);
    return toJob(this.records.finish(job, status, { error }));
  }

  /** Returns how many jobs and chunks were removed or ended. */
  expire(limit: number): number {
    const now = this.options.now();
    let done = this.emptyTrash();
    for (const stage of ['uploading', 'completed', 'failed', 'cancelled'] as const) {
      for (const id of this.idsOf(stage, { limit, before: now })) done += this.removed(id);
    }
    for (const stage of ['queued', 'active'] as const) {
      for (const id of this.idsOf(stage, { limit, before: now - this.options.ttlMs })) done += this.timedOut(id);
    }
    return done;
  }

  private removed(id: string): number {
    const job = this.records.get(id);
    if (job !== undefined) this.records.remove(job);
    return 1;
  }

  private timedOut(id: string): number {
    const job = this.records.get(id);
    if (job !== undefined) this.stop(job, 'failed', { code: 'expired', message: 'The job was not done within JOB_TTL.' });
    return 1;
  }

  /** Removes some chunks that are no longer needed; returns how many. */
  emptyTrash(): number {
    let left = TRASHED_CHUNKS_A_CALL;
    const ids = Array.from(this.tables.trash.getKeys({ limit: TRASHED_CHUNKS_A_CALL }));
    for (const id of ids) {
      const tables = this.records.get(id) === undefined ? (['texts', 'results', 'todo'] as const) : (['texts'] as const); // a stopped job keeps its results
      for (const table of tables) left -= this.removeSome(table, id, left);
      if (left === 0) break;
      this.tables.trash.removeSync(id);
    }
    return TRASHED_CHUNKS_A_CALL - left;
  }

  private removeSome(name: 'texts' | 'results' | 'todo', id: string, limit: number): number {
    const keys = limit === 0 ? [] : [...this.tables[name].getKeys({ start: [id, 0], end: [id, LAST], limit })];
    for (const key of keys) this.tables[name].removeSync(key);
    return keys.length;
  }
}
