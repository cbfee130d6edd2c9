import type { Database, RootDatabase } from 'lmdb';
import { unwritable } from './store-errors.js';
import { addedCounts, NO_USE, type DayUse, type UsageBatch, type UsageCounts, type UsageStore } from './usage-store.port.js';

/** The counts of keys by day in an LMDB file. They are written on a thread of LMDB's, so that no caller waits for the disk. */
export class LmdbUsageStore implements UsageStore {
  private readonly counts: Database<UsageCounts, [day: string, name: string]>;
  /** A transaction that fails writes nothing, so only a batch that was sent twice by mistake is known here. */
  private lastBatch = '';

  /** The caller closes the file. */
  constructor(private readonly root: RootDatabase) {
    this.counts = root.openDB({ name: 'usage', encoding: 'json' });
  }

  async add({ id, rows }: UsageBatch): Promise<void> {
    if (id === this.lastBatch) return;
    await this.write(() => {
      for (const { day, name, ...counts } of rows) {
        void this.counts.put([day, name], addedCounts(this.counts.get([day, name]) ?? NO_USE, counts)); // waits for the transaction
      }
    });
    this.lastBatch = id;
  }

  read(days: readonly string[]): Promise<readonly DayUse[]> {
    this.root.resetReadTxn();
    const rows = [...days].sort().flatMap((day) => {
      const found = this.counts.getRange({ start: [day, ''], end: [day, '\uffff'] });
      return Array.from(found, ({ key: [, name], value }): DayUse => ({ day, name, ...value }));
    });
    return Promise.resolve(rows);
  }

  async forgetBefore(day: string): Promise<void> {
    await this.write(() => {
      for (const key of Array.from(this.counts.getKeys({ end: [day, ''] }))) void this.counts.remove(key);
    });
  }

  private async write(step: () => void): Promise<void> {
    try {
      await this.root.transaction(step);
    } catch (cause) {
      throw unwritable(cause);
    }
  }
}
