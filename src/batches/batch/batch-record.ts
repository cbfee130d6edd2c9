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

/** How a batch may end. */
export type BatchEnd = Extract<BatchStatus, 'failed' | 'completed' | 'expired' | 'cancelled'>;

export interface BatchFault {
  readonly code: string;
  readonly message: string;
  /** Of the input file, from 1 on; null = of the whole. */
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
  /** Whose it is: the name of a key. */
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
  /** When it came to its end, whichever that was. */
  readonly endedAt?: number;
  /** What computes the texts; undefined = there are none to compute. */
  readonly jobId?: string;
  /** What the batch is to end as; undefined = that depends on its job. */
  readonly end?: BatchEnd;
  readonly counts: BatchCounts;
  readonly tokens: number;
  readonly faults: readonly BatchFault[];
  /** Chosen before they are written, so that whoever goes on after a crash writes the same files. */
  readonly outputFileId?: string;
  readonly errorFileId?: string;
  readonly hasOutput?: boolean;
  readonly hasErrors?: boolean;
}

/** Estimates the requests that are done from the share of texts that are: a job counts texts, not requests. */
export function progressOf(counts: BatchCounts, { completed, total }: { readonly completed: number; readonly total: number }): BatchCounts {
  return { ...counts, completed: Math.floor(((counts.total - counts.failed) * completed) / total) };
}

export function hasEnded({ status }: BatchRecord): boolean {
  return status === 'failed' || status === 'completed' || status === 'expired' || status === 'cancelled';
}
