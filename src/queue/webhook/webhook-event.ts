import { jobAnswer } from '../job-answer.js';
import type { Job } from '../job.js';

/** The body of a webhook. */
export function webhookEvent(job: Job): object {
  return { type: `job.${job.status}`, timestamp: new Date(job.finishedAt ?? 0).toISOString(), data: jobAnswer(job) };
}
