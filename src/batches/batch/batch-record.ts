export const BATCH_STATUSES = [
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** The last statuses of a batch. */
export type BatchEnd = Extract<BatchStatus, 'failed' | 'completed' | 'expired' | 'cancelled'>;

export interface BatchFault {
  readonly code: string;
  readonly message: string;
  /** The line of the input file, from 1 on; null = the whole file. */
  readonly line: number | null;
  readonly param: string | null;
}

export interface BatchCounts {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
}

/** Times are seconds since the epoch, as in OpenAI's objects. */
export interface BatchRecord {
  readonly id: string;
  /** The name of the key that made the batch. */
  readonly owner: string;
  readonly status: BatchStatus;
  readonly inputFileId: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly outputTtlSeconds: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly inProgressAt?: number;
  readonly finalizingAt?: number;
  readonly cancellingAt?: number;
  /** When the batch got its last status. */
  readonly endedAt?: number;
  /** The job that computes the texts; undefined = there is nothing to compute. */
  readonly jobId?: string;
  /** The model of all its requests; undefined = it has not begun. */
  readonly model?: string;
  /** The last status that was decided for the batch; undefined = it depends on the job. */
  readonly end?: BatchEnd;
  readonly counts: BatchCounts;
  readonly tokens: number;
  readonly faults: readonly BatchFault[];
  /** Chosen before the files are written, so that the same files are written again after a crash. */
  readonly outputFileId?: string;
  readonly errorFileId?: string;
  readonly hasOutput?: boolean;
  readonly hasErrors?: boolean;
}

/** Estimates the number of finished requests from the share of finished texts, because a job counts texts, not requests. */
export function progressOf(counts: BatchCounts, { completed, total }: { readonly completed: number; readonly total: number }): BatchCounts {
  return { ...counts, completed: Math.floor(((counts.total - counts.failed) * completed) / total) };
}

export function hasEnded({ status }: BatchRecord): boolean {
  return status === 'failed' || status === 'completed' || status === 'expired' || status === 'cancelled';
}
