import { TRUNCATIONS, type Truncate } from '../../embedding/index.js';
import { ServiceError } from '../../errors/index.js';
import { faultOf } from '../../redis/index.js';
import { OUTPUT_TYPES } from '../../vectors/index.js';
import type { Job, JobError } from '../job.js';

/** Undefined = there is no such job, or only an upload, which no reader sees. */
export function jobFromHash(hash: Readonly<Record<string, string>>): Job | undefined {
  const { id = '', owner = '', account = owner, kind = '', model = '', space = '', status } = hash;
  if (status === undefined || status === 'uploading') return undefined;
  return {
    id,
    owner,
    account,
    kind,
    model,
    space,
    outputType: OUTPUT_TYPES.find((type) => type === hash['outputType']) ?? 'float',
    ranges: hash['ranges'],
    status: status as Job['status'],
    total: Number(hash['total']),
    completed: Number(hash['completed']),
    failed: Number(hash['failed']),
    createdAt: Number(hash['createdAt']),
    startedAt: numberOrNone(hash['startedAt']),
    finishedAt: numberOrNone(hash['finishedAt']),
    error: hash['error'] === undefined ? undefined : (JSON.parse(hash['error']) as JobError),
    webhookUrl: hash['webhookUrl'],
  };
}

/** The stored name of a way to cut texts. */
export function truncateNamed(name: string | undefined): Truncate | undefined {
  return TRUNCATIONS.find((word) => word === name);
}

/** OOM: past maxmemory with noeviction. MISCONF: the append-only file or the snapshot cannot be written. */
export function storeError(cause: unknown): ServiceError {
  if (cause instanceof ServiceError) return cause;
  const message = cause instanceof Error ? cause.message : '';
  if (/\b(?:OOM|MISCONF)\b/.test(message)) {
    return new ServiceError(
      'insufficient_storage',
      'There is no room to store this: the Redis of the queue is full or cannot write to its disk.',
      {
        cause,
      },
    );
  }
  return new ServiceError('unavailable', `The Redis of the queue ${faultOf(cause)}; try again.`, { cause, retryAfterSeconds: 1 });
}

function numberOrNone(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
