import type { CacheEntry } from '../byte-cache.port.js';
import type { InvalidatedKeys } from '../invalidations.port.js';
import { rangeBehind, type DiskFile } from './disk-file.js';
import { toRecord, writtenAt } from './disk-record.js';

/** The number of entries that a write deletes in addition to twice those that it stores, so that a lowered bound is reached soon. */
const EXTRA_EVICTIONS = 64;
const KEPT_DELETIONS = 16;
const EMPTY = Buffer.alloc(0);

export interface DiskLimits {
  readonly maxBytes: number;
  readonly ttlMs: number;
}

/**
 * Changes the file. Each method is one transaction. It waits for the transactions of other processes, and blocks its thread
 * meanwhile. LMDB's asynchronous methods are not used, because on a full disk they reject promises that no caller can
 * catch.
 */
export class DiskWriter {
  private lastSeen: number;

  constructor(
    private readonly file: DiskFile,
    private readonly limits: DiskLimits,
    private readonly onDeletedByOthers: (keys: InvalidatedKeys) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.lastSeen = this.newestDeletion();
  }

  /** Stores the entries that no other process has deleted meanwhile, and deletes those that have expired or exceed the bound. */
  put(entries: readonly CacheEntry[]): void {
    this.inTransaction(() => {
      const deleted = this.unseenDeletions();
      if (deleted.includes('all')) return;
      const dropped = new Set(deleted.flat());
      const time = this.now();
      for (const { key, value } of entries) {
        if (dropped.has(key)) continue;
        this.file.records.putSync(key, Buffer.from(toRecord(key, value, time).buffer));
        this.file.ages.putSync([time, key], EMPTY);
      }
      this.evict(2 * entries.length + EXTRA_EVICTIONS);
    });
  }

  /** Returns the keys that were there. */
  delete(keys: readonly string[]): readonly string[] {
    return this.inTransaction(() => {
      const removed = keys.filter((key) => {
        const record = this.file.records.getBinary(key);
        return record !== undefined && this.file.records.removeSync(key) && !this.isOver(writtenAt(record));
      });
      this.tellOthers(JSON.stringify(keys));
      return removed;
    });
  }

  /** Deletes the entries whose keys begin so, or all. Other processes forget all, because their memory is filled again soon. */
  clear(prefix = ''): void {
    this.inTransaction(() => {
      if (prefix === '') this.clearAll();
      else this.clearBehind(prefix);
      this.tellOthers(JSON.stringify('all'));
    });
  }

  /** Deletes up to `most` entries that have expired; true = there may be more. */
  sweep(most: number): boolean {
    this.file.root.readerCheck(); // a reader that was killed would keep old pages forever
    return this.inTransaction(() => this.evict(most)) === most;
  }

  /** Reports to the listener what other processes have deleted since the last call. */
  look(): void {
    this.file.root.resetReadTxn();
    if (this.newestDeletion() !== this.lastSeen) this.unseenDeletions();
  }

  private clearAll(): void {
    this.file.records.clearSync();
    this.file.ages.clearSync();
  }

  /** The ages of the entries are removed when their time is over. */
  private clearBehind(prefix: string): void {
    const keys = Array.from(this.file.records.getKeys(rangeBehind(prefix)));
    for (const key of keys) this.file.records.removeSync(key);
  }

  /** Goes through the entries from the oldest on, which is the order in which they expire. Returns how many it looked at. */
  private evict(most: number): number {
    const isFull = this.file.usedBytes() > this.limits.maxBytes;
    let count = 0;
    for (const age of Array.from(this.file.ages.getKeys({ limit: most }))) {
      const [time, key] = age;
      if (!isFull && !this.isOver(time)) break;
      const record = this.file.records.getBinary(key);
      if (record !== undefined && writtenAt(record) <= time) this.file.records.removeSync(key);
      this.file.ages.removeSync(age);
      count++;
    }
    return count;
  }

  private isOver(time: number): boolean {
    return this.now() - time > this.limits.ttlMs;
  }

  private tellOthers(message: string): void {
    this.unseenDeletions();
    this.lastSeen++;
    this.file.deletions.putSync(this.lastSeen, message);
    const old = Array.from(this.file.deletions.getKeys({ end: this.lastSeen - KEPT_DELETIONS }));
    for (const number of old) this.file.deletions.removeSync(number);
  }

  private newestDeletion(): number {
    const [newest = 0] = this.file.deletions.getKeys({ reverse: true, limit: 1 });
    return newest;
  }

  /** Reports the deletions to the listener too. More deletions than the log keeps are reported as `all`. */
  private unseenDeletions(): readonly InvalidatedKeys[] {
    const unseen = [...this.file.deletions.getRange({ start: this.lastSeen + 1 })];
    const [first] = unseen;
    if (first === undefined) return [];
    const missedSome = first.key > this.lastSeen + 1;
    const messages = missedSome ? ['all' as const] : unseen.map(({ value }) => JSON.parse(value) as InvalidatedKeys);
    this.lastSeen = unseen.at(-1)?.key ?? this.lastSeen;
    for (const message of messages) this.onDeletedByOthers(message);
    return messages;
  }

  private inTransaction<T>(change: () => T): T {
    return this.file.root.transactionSync(change);
  }
}
