/** Errors of a server that cannot do its work, by their first word; anything else is counted as `other`. */
const KNOWN = [
  'READONLY',
  'MOVED',
  'ASK',
  'LOADING',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'NOPERM',
  'NOAUTH',
  'WRONGPASS',
  'NOREPLICAS',
  'OOM',
  'MISCONF',
  'BUSY',
] as const;

export type RedisRefusal = (typeof KNOWN)[number] | 'unknown command' | 'other';

/** Why Redis refused a command; undefined = Redis did not answer at all. */
export function refusalOf(error: unknown): RedisRefusal | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined;
  const known = KNOWN.find((word) => new RegExp(`(?:^|[\\s-])${word}\\b`).test(error.message)); // behind other words in errors of scripts
  return known ?? (error.message.includes('unknown command') ? 'unknown command' : 'other');
}

/** Words for messages: Redis refuses, with the reason, or it does not answer. */
export function faultOf(error: unknown): string {
  const refusal = refusalOf(error);
  return refusal === undefined ? 'does not answer' : `refuses commands (${refusal})`;
}
