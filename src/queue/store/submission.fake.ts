import type { Submission } from './job-store.port.js';

/** A job of one text. */
export function submissionOf(jobId: string, details: Partial<Submission> = {}): Submission {
  const share = { jobs: 10, texts: 10 };
  return { jobId, model: 'model', space: 'space', total: 1, idempotency: undefined, maxOpenJobs: 2, share, ...details };
}
