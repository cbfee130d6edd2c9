import type { Database } from 'lmdb';
import { shareKey, type LmdbTables } from './lmdb-tables.js';

/** Where older versions kept the messages: [due, id], the deliveries tried. */
const OLDER_MESSAGES = 'messages';

/** Adds jobs and messages that an older version has stored to the tables by account, which it did not have. */
export function indexOlderJobs(tables: LmdbTables): void {
  const older: Database<number, [number, string]> = tables.root.openDB({ name: OLDER_MESSAGES, encoding: 'json' });
  tables.root.transactionSync(() => {
    const openJobs = (tables.counts.get('queued') ?? 0) + (tables.counts.get('active') ?? 0);
    if (openJobs > 0 && tables.open.getCount() !== openJobs) indexOpenJobs(tables);
    moveMessages(tables, older);
  });
}

function indexOpenJobs({ jobs, stages, open, shares }: LmdbTables): void {
  open.clearSync();
  shares.clearSync();
  for (const stage of ['queued', 'active'] as const) {
    for (const [, , id] of stages.getKeys({ start: [stage, 0, ''], end: [stage, Number.MAX_SAFE_INTEGER, ''] })) {
      const job = jobs.get(id);
      if (job === undefined) continue;
      const account = job.account ?? job.owner;
      const share = shares.get(shareKey(account)) ?? { jobs: 0, texts: 0 };
      open.putSync([account, job.createdAt, id], null);
      shares.putSync(shareKey(account), { jobs: share.jobs + 1, texts: share.texts + job.total - job.completed - job.failed });
    }
  }
}

function moveMessages({ jobs, messages }: LmdbTables, older: Database<number, [number, string]>): void {
  for (const { key, value: tries } of Array.from(older.getRange())) {
    const [due, id] = key;
    const job = jobs.get(id);
    if (job !== undefined) messages.putSync([job.account ?? job.owner, due, id], tries);
    older.removeSync(key);
  }
}
