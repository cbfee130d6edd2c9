import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { openLmdb } from '../../lmdb/index.js';
import type { Job, JobItem } from '../job.js';
import type { QueueShare } from './job-store.port.js';

/** Is part of the file's name, so that each layout has its own file. */
const FILE = 'jobs-1.lmdb';

export type Stage = Job['status'] | 'uploading';

/** A job as it is stored. */
export interface StoredJob extends Omit<Job, 'status' | 'account' | 'model' | 'outputType'> {
  /** Undefined in jobs of older versions. */
  readonly model: string | undefined;
  /** Undefined in jobs of older versions: their owner. */
  readonly account: string | undefined;
  /** Undefined = `float`. */
  readonly outputType: Job['outputType'] | undefined;
  readonly status: Stage;
  /** The place of the job in `stages`. */
  readonly stamp: number;
  readonly idempotencyKey: string | undefined;
  /** For texts that have none of their own; see JobDetails. */
  readonly inputType: string | undefined;
  readonly truncate: JobItem['truncate'] | undefined;
}

export interface LmdbTables {
  readonly root: RootDatabase;
  readonly jobs: Database<StoredJob, string>;
  /** [stage, stamp, id]: when open jobs were made, and when the others are removed. */
  readonly stages: Database<null, [string, number, string]>;
  /** [account, createdAt, id]: the queued and active jobs. */
  readonly open: Database<null, [string, number, string]>;
  /** By `shareKey`: what an account has queued or active; an account without open jobs has no record. */
  readonly shares: Database<QueueShare, string>;
  /** [owner, kind, id]. */
  readonly lists: Database<null, [string, string, string]>;
  /** [id, start]: the chunks that are to do. */
  readonly todo: Database<{ readonly count: number; readonly tries: number }, [string, number]>;
  readonly texts: Database<Buffer, [string, number]>;
  readonly results: Database<Buffer, [string, number]>;
  /** [owner, key]. */
  readonly idempotency: Database<{ readonly jobId: string; readonly bodyHash: string }, [string, string]>;
  /** [account, due, id]: deliveries tried. */
  readonly messages: Database<number, [string, number, string]>;
  /** When the message of a job is due. */
  readonly messageDue: Database<number, string>;
  /** Jobs whose texts and results are no longer needed; they are removed a slice at a time. */
  readonly trash: Database<null, string>;
  /** Jobs of each stage, and `pendingTexts`. */
  readonly counts: Database<number, string>;
}

/** Opens the file in this folder, or makes it. Throws when the folder cannot be written or the file is damaged. */
export function openLmdbTables(folder: string): LmdbTables {
  const root = openLmdb(join(folder, FILE), { maxDbs: 16, overlappingSync: false });
  const json = { encoding: 'json' } as const;
  const binary = { encoding: 'binary' } as const;
  return {
    root,
    open: root.openDB({ name: 'open', ...json }),
    shares: root.openDB({ name: 'shares', ...json }),
    jobs: root.openDB({ name: 'jobs', ...json }),
    stages: root.openDB({ name: 'stages', ...json }),
    lists: root.openDB({ name: 'lists', ...json }),
    todo: root.openDB({ name: 'todo', ...json }),
    texts: root.openDB({ name: 'texts', ...binary }),
    results: root.openDB({ name: 'results', ...binary }),
    idempotency: root.openDB({ name: 'idempotency', ...json }),
    messages: root.openDB({ name: 'account-messages', ...json }),
    messageDue: root.openDB({ name: 'message-due', ...json }),
    trash: root.openDB({ name: 'trash', ...json }),
    counts: root.openDB({ name: 'counts', ...json }),
  };
}

const SHARE_KEY = 'account ';

/** LMDB takes no empty key, and the account of callers without a key is ''. */
export function shareKey(account: string): string {
  return SHARE_KEY + account;
}

export function accountOfShareKey(key: string): string {
  return key.slice(SHARE_KEY.length);
}
