import type { DueMessage, JobStoreOptions } from './job-store.port.js';
import type { LmdbJobRecords } from './lmdb-job-records.js';
import type { LmdbTables } from './lmdb-tables.js';

/** What webhooks are still to be told. To be called in a transaction. */
export class LmdbMessages {
  constructor(
    private readonly tables: LmdbTables,
    private readonly records: LmdbJobRecords,
    private readonly options: JobStoreOptions,
  ) {}

  take(limit: number, leaseMs: number): readonly DueMessage[] {
    const now = this.options.now();
    const due = [...this.tables.messages.getRange({ end: [now + 1, ''], limit })];
    return due.flatMap(({ key: [, id], value: tries }) => {
      this.records.setMessage(id, now + leaseMs, tries + 1);
      const job = this.records.visible(id);
      return job === undefined ? [] : [{ job, tries }];
    });
  }

  settle(jobId: string, retryInMs: number | undefined): void {
    const due = this.tables.messageDue.get(jobId);
    const tries = due === undefined ? undefined : this.tables.messages.get([due, jobId]);
    if (retryInMs === undefined) this.records.removeMessage(jobId);
    else if (tries !== undefined) this.records.setMessage(jobId, this.options.now() + retryInMs, tries);
  }
}
