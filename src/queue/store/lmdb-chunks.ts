import { itemsFromBytes, itemsToBytes, withDefaults } from '../chunk-items.js';
import type { ChunkRef } from '../job.js';
import type { BegunChunk, ChunkResults, JobStoreOptions, StoredResults } from './job-store.port.js';
import { isOpen, type LmdbJobRecords } from './lmdb-job-records.js';
import type { LmdbTables } from './lmdb-tables.js';

const LAST = Number.MAX_SAFE_INTEGER;

/** The chunks of jobs: their texts while they are to do, then their results. Call methods that change them in a transaction. */
export class LmdbChunks {
  constructor(
    private readonly tables: LmdbTables,
    private readonly records: LmdbJobRecords,
    private readonly options: JobStoreOptions,
  ) {}

  next(jobId: string, limit: number): readonly ChunkRef[] {
    const range = this.tables.todo.getRange({ start: [jobId, 0], end: [jobId, LAST], limit });
    return [...range].map(({ key: [, start], value: { count } }) => ({ jobId, start, count }));
  }

  begin({ jobId, start, count }: ChunkRef): BegunChunk | undefined {
    const job = this.records.get(jobId);
    const todo = this.tables.todo.get([jobId, start]);
    const bytes = this.tables.texts.get([jobId, start]);
    if (!isOpen(job) || todo?.count !== count || bytes === undefined) return undefined;
    const tries = todo.tries + 1;
    this.tables.todo.putSync([jobId, start], { count, tries });
    if (job.status === 'queued') this.records.change(job, { status: 'active', startedAt: this.options.now() });
    return { items: withDefaults(itemsFromBytes(bytes), job), tries };
  }

  putBack({ jobId, start, count }: ChunkRef): void {
    const todo = this.tables.todo.get([jobId, start]);
    if (todo?.count === count) this.tables.todo.putSync([jobId, start], { count, tries: Math.max(0, todo.tries - 1) });
  }

  complete({ jobId, start, count }: ChunkRef, { bytes, completed, failed }: ChunkResults): boolean {
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
  }

  split({ jobId, start, count }: ChunkRef, tries: number): void {
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
  }

  resultsAt(jobId: string, index: number): StoredResults | undefined {
    const range = this.tables.results.getRange({ start: [jobId, index], end: [jobId, 0], reverse: true, limit: 1, inclusiveEnd: true });
    const [found] = [...range];
    return found && { start: found.key[1], bytes: Uint8Array.from(found.value) };
  }

  resultsFrom(jobId: string, index: number): number | undefined {
    const [found] = [...this.tables.results.getKeys({ start: [jobId, index], end: [jobId, LAST], limit: 1 })];
    return found?.[1];
  }
}
