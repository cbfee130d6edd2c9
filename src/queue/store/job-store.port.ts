import type { ChunkSize } from '../../chunks/index.js';
import type { Truncate } from '../../embedding/index.js';
import type { OutputType } from '../../vectors/index.js';
import type { ChunkRef, Job, JobError, JobItem } from '../job.js';

/**
 * Keeps jobs: their records, the texts that are still to do, and the results. When a method has resolved, its change is
 * durable: it survives the kill of any process. Every change is atomic across all processes.
 *
 * A job begins as an upload, which no reader sees: `create`, `addChunk` for each chunk, `submit`. Then its chunks are done
 * one by one, `begin` to `complete`, and the last one finishes the job. `expire` removes old jobs.
 *
 * Methods reject with a ServiceError: `insufficient_storage` when there is no room, `unavailable` when the store does
 * not answer.
 */
export interface JobStore {
  create(upload: NewJob): Promise<void>;
  /** Chunks are added in their order, without gaps. */
  addChunk(jobId: string, start: number, items: readonly JobItem[]): Promise<void>;
  submit(submission: Submission): Promise<Submitted>;
  /** Removes an upload that will not be submitted. */
  discard(jobId: string): Promise<void>;

  get(jobId: string): Promise<Job | undefined>;
  /** The newest first, beginning behind the job `before`. */
  list(page: JobPage): Promise<readonly Job[]>;
  /** The oldest `perAccount` queued or active jobs of each account; the oldest first. */
  openJobs(perAccount: number): Promise<readonly Job[]>;

  /** The first chunks that are to do, including those that a worker has begun. */
  nextChunks(jobId: string, limit: number): Promise<readonly ChunkRef[]>;
  /** Counts a try, and makes the job active. Undefined = the chunk is no longer to do: done, split or given up. */
  begin(chunk: ChunkRef): Promise<BegunChunk | undefined>;
  /** Takes the try back, because it failed for a reason that does not concern the chunk. */
  putBack(chunk: ChunkRef): Promise<void>;
  /** Stores the results, once: false = the chunk is no longer to do. */
  complete(chunk: ChunkRef, results: ChunkResults): Promise<boolean>;
  /** Splits a chunk of at least two texts in two; each half starts with `tries` tries. */
  split(chunk: ChunkRef, tries: number): Promise<void>;
  /** Stops a queued or active job and removes its texts; undefined = the job is not open. */
  stop(jobId: string, status: 'failed' | 'cancelled', error?: JobError): Promise<Job | undefined>;

  /** The stored results of the chunk with the text at `index`; undefined = there are none yet. */
  resultsAt(jobId: string, index: number): Promise<StoredResults | undefined>;
  /** The start of the first stored results at or behind `index`; undefined = there are none. */
  resultsFrom(jobId: string, index: number): Promise<number | undefined>;

  totals(): Promise<JobTotals>;
  /** The jobs and texts that each account has queued or active; accounts without open jobs are left out. */
  shares(): Promise<readonly AccountShare[]>;
  /** Removes up to `limit` jobs that finished over JOB_TTL ago and abandoned uploads; fails open jobs that are as old. */
  expire(limit: number): Promise<number>;

  /** Takes webhook messages that are due. A message becomes due again after `leaseMs`, in case its sender dies. */
  takeMessages(order: MessageOrder): Promise<readonly DueMessage[]>;
  /** `retryInMs` undefined = delivered, or given up. */
  settleMessage(jobId: string, retryInMs: number | undefined): Promise<void>;

  /** Why jobs cannot be kept now; undefined = they can. */
  findFault(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface NewJob {
  readonly id: string;
  readonly owner: string;
  readonly account: string;
  readonly kind: string;
}

/** Facts about a job that are known only when all its texts have arrived, because a body may name them behind the texts. */
export interface JobDetails {
  /** A name of the model; undefined = the default. */
  readonly model?: string | undefined;
  readonly webhookUrl?: string | undefined;
  /** The input type of texts that have none of their own; undefined = the model's default. */
  readonly inputType?: string | undefined;
  /** For texts that have none of their own; undefined = `end`. */
  readonly truncate?: Truncate | undefined;
  /** Undefined = `float`. */
  readonly outputType?: OutputType | undefined;
  /** How documents are cut; undefined = they are not. */
  readonly chunk?: ChunkSize | undefined;
}

export interface Submission extends Omit<JobDetails, 'chunk' | 'model'> {
  /** The name of the model, and the space of its vectors. */
  readonly model: string;
  readonly space: string;
  /** See Job. */
  readonly ranges?: string | undefined;
  readonly jobId: string;
  readonly total: number;
  readonly idempotency: Idempotency | undefined;
  /** Jobs that may be queued or active, of all accounts together. */
  readonly maxOpenJobs: number;
  /** How much the account of this job may have queued or active, this job included. */
  readonly share: QueueShare;
}

export interface QueueShare {
  readonly jobs: number;
  /** Texts that have neither a vector nor an error yet. */
  readonly texts: number;
}

export interface AccountShare extends QueueShare {
  readonly account: string;
}

export interface Idempotency {
  readonly key: string;
  /** A hash of all that was asked for. */
  readonly bodyHash: string;
}

/**
 * `repeated`: this idempotency key has a job already, for the same request; `mismatch`: for another request; `full`: too many
 * open jobs; `share-full`: too many jobs or texts of this account.
 */
export type Submitted =
  | { readonly outcome: 'accepted' | 'repeated'; readonly job: Job }
  | { readonly outcome: 'mismatch' | 'full' }
  | { readonly outcome: 'share-full'; readonly queued: QueueShare };

export interface JobPage {
  readonly owner: string;
  readonly kind: string;
  readonly before: string | undefined;
  readonly limit: number;
}

export interface BegunChunk {
  readonly items: readonly JobItem[];
  /** Including this one. */
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

/** The end of a job, which its webhook has not been told yet. */
export interface DueMessage {
  readonly job: Job;
  /** Deliveries tried before. */
  readonly tries: number;
}

/** Which due messages a sender wants: so few of each account and destination that hung receivers delay no others. */
export interface MessageOrder {
  readonly leaseMs: number;
  /** Messages of all accounts together. */
  readonly limit: number;
  /** Messages that may be underway at the same time, those in `underway` included. */
  readonly perAccount: number;
  readonly perDestination: number;
  readonly underway: readonly MessageRoute[];
}

export interface MessageRoute {
  readonly account: string;
  /** Scheme, host and port of the webhook; see `destinationOf`. */
  readonly destination: string;
}

export const JOB_STORE = Symbol('JOB_STORE');

/** Options of every store. */
export interface JobStoreOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long a finished job is kept, and how long a job may take. */
  readonly ttlMs: number;
}

/** An upload that received no chunk for this long is given up. */
export const UPLOAD_TTL_MS = 10 * 60_000;
