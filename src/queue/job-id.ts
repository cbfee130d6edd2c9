import { randomBytes } from 'node:crypto';

const TIME_DIGITS = 12;
const RANDOM_BYTES = 10;
const JOB_ID = /^job_[0-9a-f]{32}$/;

/** Ids sort by the time they were made, and cannot be guessed: 80 bits of them are random. */
export function newJobId(now: number): string {
  return `job_${now.toString(16).padStart(TIME_DIGITS, '0')}${randomBytes(RANDOM_BYTES).toString('hex')}`;
}

export function isJobId(text: string): boolean {
  return JOB_ID.test(text);
}
