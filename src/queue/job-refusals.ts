import { ServiceError } from '../errors/index.js';
import type { QueueShare } from './store/job-store.port.js';

export const FULL_RETRY_SECONDS = 10;

export function shareFull(share: QueueShare, { jobs, texts }: QueueShare): ServiceError {
  const message = `Your key has ${jobs} jobs with ${texts} texts queued or active, of at most ${share.jobs} jobs and ${share.texts} texts; try again when some are done.`;
  return new ServiceError('rate_limited', message, { retryAfterSeconds: FULL_RETRY_SECONDS });
}

export function tooMuchForShare(share: QueueShare, total: number): ServiceError {
  const message = `The job has ${total} texts, and your key may have ${share.texts} queued or active; send smaller jobs.`;
  return new ServiceError('payload_too_large', message);
}

export function mismatch(): ServiceError {
  return new ServiceError('idempotency_mismatch', 'This Idempotency-Key was used for another request; use a new key for a new job.');
}
