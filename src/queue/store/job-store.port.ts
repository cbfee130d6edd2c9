import type { ChunkRef, Job, JobError, JobItem } from '../job.js';

/**
 * Keeps jobs: what they are, the texts that are still to do, and the results. What a method has resolved is durable: it
 * is there after any process was killed. Every change is one step, for all processes.
 *
 * A job begins as an upload, which nobody sees: `create`, `addChunk` for each chunk, `submit`. Then its chunks are done
 * one by one, `begin` to `complete`, and the last one finishes it. Retention is `expire`.
 *
 * Methods reject with a ServiceError: `insufficient_storage` when there is no room, `unavailable` when the store does
 * not answer.
 */
export interface JobStore {
  create(upload: NewJob): Promise<void>;
  /** Chunks are added in their order, without gaps. */
  addChunk(jobId: string, start: number, items: readonly JobItem[]): Promise<void>;
  submit(submission: Submission): Promise<Submitted>;
  /** Removes all of an upload that is not to be submitted. */
  discard(jobId: string): Promise<void>;

  get(jobId: string): Promise<Job | undefined>;
  /** The newest first, from the one made before `before` on. */
  list(page: JobPage): Promise<readonly Job[]>;
  /** Queued and active jobs, the oldest first. */
  openJobs(limit: number): Promise<readonly Job[]>;

  /** The first chunks that are to do, begun or not. */
  nextChunks(jobId: string, limit: number): Promise<readonly ChunkRef[]>;
  /** Counts a try, and makes the job active. Undefined = this chunk is not to do: done, split or given up. */
  begin(chunk: ChunkRef): Promise<BegunChunk | undefined>;
  /** The try does not count: it ended for a reason that is none of the chunk's. */
  putBack(chunk: ChunkRef): Promise<void>;
  /** Stores the results, once: false = this chunk is not to do any more. */
  complete(chunk: ChunkRef, results: ChunkResults): Promise<boolean>;
  /** Makes two chunks of one with at least two texts, each with `tries` tries behind it. */
  split(chunk: ChunkRef, tries: number): Promise<void>;
  /** Ends a queued or active job before its end and forgets its texts; undefined = it is none. */
  stop(jobId: string, status: 'failed' | 'cancelled', error?: JobError): Promise<Job | undefined>;

  /** The stored results of the chunk that holds the text at `index`; undefined = not there (yet). */
  resultsAt(jobId: string, index: number): Promise<StoredResults | undefined>;
  /** Where the first stored results begin that begin at `index` or behind it; undefined = there are none. */
  resultsFrom(jobId: string, index: number): Promise<number | undefined>;

  totals(): Promise<JobTotals>;
  /** Removes up to `limit` jobs that finished over JOB_TTL ago and uploads that nobody goes on with, and fails open jobs as old. */
  expire(limit: number): Promise<number>;

  /** Takes the messages that are due, at most `limit`, and makes them due again after `leaseMs` in case nobody reports back. */
  takeMessages(limit: number, leaseMs: number): Promise<readonly DueMessage[]>;
  /** `retryInMs` undefined = delivered, or given up. */
  settleMessage(jobId: string, retryInMs: number | undefined): Promise<void>;

  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

export interface NewJob {
  readonly id: string;
  readonly owner: string;
  readonly kind: string;
  readonly space: string;
  readonly webhookUrl: string | undefined;
}

export interface Submission {
  readonly jobId: string;
  readonly total: number;
  readonly idempotency: Idempotency | undefined;
  /** So many jobs may be queued or active. */
  readonly maxOpenJobs: number;
}

export interface Idempotency {
  readonly key: string;
  /** A hash of all that was asked for. */
  readonly bodyHash: string;
}

/** `repeated`: the key has this job already, asked for the same; `mismatch`: for something else; `full`: too many open jobs. */
export type Submitted =
  { readonly outcome: 'accepted' | 'repeated'; readonly job: Job } | { readonly outcome: 'mismatch' } | { readonly outcome: 'full' };

export interface JobPage {
  readonly owner: string;
  readonly kind: string;
  readonly before: string | undefined;
  readonly limit: number;
}

export interface BegunChunk {
  readonly items: readonly JobItem[];
  /** This one included. */
  readonly tries: number;
}

export interface ChunkResults {
  readonly bytes: Uint8Array;
  readonly completed: number;
  readonly failed: number;
}

export interface StoredResults {
  readonly start: number;
  readonly bytes: Uint8Array;
}

export interface JobTotals {
  readonly jobs: Readonly<Record<Job['status'], number>>;
  /** Texts of queued and active jobs that have neither vector nor error. */
  readonly pendingTexts: number;
  /** When the oldest queued job was made; undefined = none is queued. */
  readonly oldestQueuedAt: number | undefined;
}

/** News of a finished job that its webhook has not got yet. */
export interface DueMessage {
  readonly job: Job;
  /** Deliveries tried before. */
  readonly tries: number;
}

export const JOB_STORE = Symbol('JOB_STORE');

/** What stores must know beside their place. */
export interface JobStoreOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long a finished job is kept, and how long a job may take. */
  readonly ttlMs: number;
}

/** An upload that got no chunk for so long is given up. */
export const UPLOAD_TTL_MS = 10 * 60_000;
