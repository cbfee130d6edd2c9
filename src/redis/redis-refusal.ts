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

/** The messages with which ioredis rejects when it has no connection for a command; it has no class of errors for that. */
const UNREACHABLE =
  /^(?:Stream isn't writeable|Connection is (?:closed|aborted|discarded)|Cluster (?:isn't ready|is (?:disconnect|ended))|None of startup nodes|Node is disconnected|connect |read )/;

/** Words for messages: Redis refuses, with the reason; or there is no connection to it; or it does not answer. */
export function faultOf(error: unknown): string {
  const refusal = refusalOf(error);
  if (refusal !== undefined) return `refuses commands (${refusal})`;
  return error instanceof Error && UNREACHABLE.test(error.message) ? 'cannot be reached' : 'does not answer';
}
