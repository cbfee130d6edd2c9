import type { ChunkPlace } from '../chunks/index.js';
import type { Truncate } from '../embedding/index.js';
import type { OutputType } from '../vectors/index.js';

export const JOB_STATUSES = ['queued', 'active', 'completed', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** `queued`: no text has been begun. `completed`: every text has its vector or its error. */
export interface Job {
  readonly id: string;
  /** The only caller who sees the job: the name of a key, or '' for callers without one. */
  readonly owner: string;
  /** The key whose share of the queue the job takes, and whose turn: the owner, unless the job is part of a batch. */
  readonly account: string;
  /** The purpose of the job; a list has jobs of one kind. */
  readonly kind: string;
  /** The name of the model that computes the vectors. */
  readonly model: string;
  /** Fingerprint of the embedding space of the vectors. */
  readonly space: string;
  /** The type of the vectors in the results. */
  readonly outputType: OutputType;
  /** The ranges that the job was accepted with, for int8 and uint8; see rangesToText. Any worker uses them, so that the vectors of a job can be compared. */
  readonly ranges: string | undefined;
  readonly status: JobStatus;
  /** Texts: all, those with a vector, and those with an error. */
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** Why the whole job failed. */
  readonly error: JobError | undefined;
  readonly webhookUrl: string | undefined;
}

export interface JobError {
  readonly code: string;
  /** The words for the caller, which show no internals. */
  readonly message: string;
}

/** The text of an item that has none. Texts are never empty. */
export const NO_TEXT = '';

/** The place of a chunk in the documents of a job. */
export interface ItemPlace extends ChunkPlace {
  /** The number of the document in the job, from 0 on. */
  readonly document: number;
}

export interface JobItem {
  /** The caller's own name for the text, repeated in the result. */
  readonly id?: string;
  /** NO_TEXT = the item only keeps its place, and gets an error instead of a vector. */
  readonly text: string;
  /** A prompt of the model or an alias; absent = the model's default. */
  readonly inputType?: string;
  /** Absent = `end`. */
  readonly truncate?: Truncate;
  /** Absent = the text was not cut. */
  readonly place?: ItemPlace;
}

/** Neighbouring texts of a job that are computed and stored together: `count` of them from index `start` on. */
export interface ChunkRef {
  readonly jobId: string;
  readonly start: number;
  readonly count: number;
}

export function isFinished({ status }: Pick<Job, 'status'>): boolean {
  return status !== 'queued' && status !== 'active';
}
