import { destinationOf } from '../webhook/destination.js';
import type { DueMessage, JobStoreOptions, MessageOrder } from './job-store.port.js';
import { accountOf, toJob, type LmdbJobRecords } from './lmdb-job-records.js';
import type { LmdbTables } from './lmdb-tables.js';
import { MessageSlots } from './message-slots.js';

const LAST = Number.MAX_SAFE_INTEGER;
/** Due messages of one account that one call looks at: those behind full destinations are found up to here. */
const MOST_SCANNED = 500;

/** The messages that webhooks have not received yet. Call it in a transaction. */
export class LmdbMessages {
  constructor(
    private readonly tables: LmdbTables,
    private readonly records: LmdbJobRecords,
    private readonly options: JobStoreOptions,
  ) {}

  take(order: MessageOrder): readonly DueMessage[] {
    const slots = new MessageSlots(order);
    return slots.sorted(this.accounts()).flatMap((account) => this.takeOf(account, slots, order.leaseMs));
  }

  settle(jobId: string, retryInMs: number | undefined): void {
    const stored = this.records.get(jobId);
    const due = this.tables.messageDue.get(jobId);
    if (stored === undefined || due === undefined) return;
    const tries = this.tables.messages.get([accountOf(stored), due, jobId]) ?? 0;
    if (retryInMs === undefined) this.records.removeMessage(stored);
    else this.records.setMessage(stored, this.options.now() + retryInMs, tries);
  }

  private takeOf(account: string, slots: MessageSlots, leaseMs: number): readonly DueMessage[] {
    const now = this.options.now();
    const due = Array.from(this.tables.messages.getRange({ start: [account, 0, ''], end: [account, now + 1, ''], limit: MOST_SCANNED }));
    return due.flatMap(({ key: [, , id], value: tries }) => {
      const stored = this.records.get(id);
      if (stored === undefined || !slots.take({ account, destination: destinationOf(stored.webhookUrl ?? '') })) return [];
      this.records.setMessage(stored, now + leaseMs, tries + 1);
      const job = toJob(stored);
      return job === undefined ? [] : [{ job, tries }];
    });
  }

  /** The accounts that have messages, found by leaping from one to the next. */
  private accounts(): readonly string[] {
    const accounts: string[] = [];
    for (let start: [string, number, string] = ['', 0, '']; ;) {
      const [next] = Array.from(this.tables.messages.getKeys({ start, limit: 1 }));
      if (next === undefined) return accounts;
      accounts.push(next[0]);
      start = [next[0], LAST, ''];
    }
  }
}
