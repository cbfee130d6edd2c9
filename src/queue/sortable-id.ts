import { randomBytes } from 'node:crypto';

const TIME_DIGITS = 12;
const RANDOM_BYTES = 10;

/** Sorts by the time it was made, and cannot be guessed: 80 bits of it are random. */
export function sortableId(prefix: string, now: number): string {
  return `${prefix}${now.toString(16).padStart(TIME_DIGITS, '0')}${randomBytes(RANDOM_BYTES).toString('hex')}`;
}
