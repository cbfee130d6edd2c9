import { sortableId } from './sortable-id.js';

const JOB_ID = /^job_[0-9a-f]{32}$/;

export function newJobId(now: number): string {
  return sortableId('job_', now);
}

export function isJobId(text: string): boolean {
  return JOB_ID.test(text);
}
