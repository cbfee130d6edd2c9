import { types } from 'node:util';
import { faultOfSystem } from '../system-fault.js';

/** Advice to users about these errors (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const ADVICE: Readonly<Record<string, string>> = {
  '28P01': 'give the password in PGPASSWORD, or in ~/.pgpass',
  '42501': 'give the user this right, or name another user',
  '55P03': 'another session holds a lock; if it is another run of this command, wait for its end',
  '57014': 'the statement took too long',
};

/** Messages of the package pg, which gives them no codes. */
const LOST = /^Connection terminated|is not queryable$|^Client was closed/;

/** An error of the database or of the way to it, in one line for the user. */
export function faultOfDatabase(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return faultOfDatabase(error.errors[0]); // of localhost's addresses
  if (/password must be a (?:non-empty )?string|empty password/i.test(error.message)) return `it asks for a password: ${ADVICE['28P01']}`;
  if (error.message.startsWith('timeout expired')) return 'it does not answer';
  if (LOST.test(error.message)) return 'the connection is lost';
  const { code } = error as { readonly code?: string };
  if (code === 'ECONNREFUSED') return 'no server listens there (ECONNREFUSED)';
  if (code === 'ENOTFOUND') return 'there is no such host (ENOTFOUND)';
  const advice = code === undefined ? undefined : ADVICE[code];
  const reason = faultOfSystem(error) ?? error.message; // its details may show texts
  return advice === undefined ? reason : `${reason}: ${advice}`;
}
