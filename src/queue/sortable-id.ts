import { randomBytes } from 'node:crypto';

const TIME_DIGITS = 12;
const RANDOM_BYTES = 10;

/** An id that sorts by the time when it was made and cannot be guessed: 80 bits are random. */
export function sortableId(prefix: string, now: number): string {
  return `${prefix}${now.toString(16).padStart(TIME_DIGITS, '0')}${randomBytes(RANDOM_BYTES).toString('hex')}`;
}
