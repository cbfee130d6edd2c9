import type { Reader } from './setting-readers.js';

/** A `client` may embed; an `admin` may also administrate. */
export const KEY_ROLES = ['client', 'admin'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** A configured key: its name, its hash, its role and its limits. */
export interface ApiKeySettings {
  readonly name: string;
  /** SHA-256 of the secret, 64 hex digits. */
  readonly hash: string;
  readonly role: KeyRole;
  /** Requests in a window; undefined = RATE_LIMIT_REQUESTS, 0 = no limit. */
  readonly requests: number | undefined;
  /** Tokens in a window; undefined = RATE_LIMIT_TOKENS, 0 = no limit. */
  readonly tokens: number | undefined;
  /** Jobs queued or active; undefined = MAX_QUEUED_JOBS_PER_KEY, 0 = no limit but MAX_QUEUED_JOBS. */
  readonly queuedJobs?: number | undefined;
  /** Texts of these jobs that are still to do; undefined = MAX_QUEUED_JOB_TEXTS_PER_KEY, 0 = no limit. */
  readonly queuedTexts?: number | undefined;
}

/** The name under which ADMIN_KEY is counted. */
export const ADMIN_KEY_NAME = 'ADMIN_KEY';

const ALLOWED =
  'NAME:SHA256[:ROLE[:REQUESTS[:TOKENS[:JOBS[:JOB_TEXTS]]]]] with commas between, or the path of a file with one a line; "npx embedding-pipeline key NAME" makes one';
const NAME = /^[a-z0-9][\w.-]{0,63}$/i;
const HASH = /^[0-9a-f]{64}$/i;
const LIMIT = /^\d{1,9}$/;

/** Keys that are separated by commas or line breaks, or the path of a file with such keys. A path begins with / or a dot; # begins a comment. */
export function apiKeys(machine: { readFile(path: string): string | undefined }): Reader<readonly ApiKeySettings[]> {
  return (raw) => {
    const list = /^[/.]/.test(raw) ? machine.readFile(raw) : raw;
    if (list === undefined) return { allowed: `${ALLOWED}. That file cannot be read` };
    const entries = list
      .replace(/#.*/g, '')
      .split(/[\s,]+/)
      .filter((entry) => entry !== '');
    if (entries.length === 0) return { allowed: `${ALLOWED}. There is no key in it` };
    const keys: ApiKeySettings[] = [];
    for (const entry of entries) {
      const key = parseKey(entry);
      const fault = typeof key === 'string' ? key : clashOf(key, keys);
      if (typeof key === 'string' || fault !== undefined) return { allowed: `${ALLOWED}. Key ${keys.length + 1}: ${fault}` };
      keys.push(key);
    }
    return { value: keys };
  };
}

/** Returns the fault of an entry of API_KEYS; undefined = it is right. */
export function faultOfKey(entry: string): string | undefined {
  const key = parseKey(entry);
  return typeof key === 'string' ? key : undefined;
}

/** Returns the key, or a string that names the fault. It never repeats the entry, which may hold a secret in the wrong place. */
function parseKey(entry: string): ApiKeySettings | string {
  const [name = '', hash = '', role = '', requests = '', tokens = '', queuedJobs = '', queuedTexts = '', ...rest] = entry.split(':');
  if (rest.length > 0) return 'it has more than seven parts';
  if (!NAME.test(name) || name === ADMIN_KEY_NAME)
    return 'its name must be 1 to 64 letters, digits and . _ - and begin with a letter or digit';
  if (!HASH.test(hash)) return 'its hash must be 64 hex digits, the SHA-256 of the secret';
  const known = KEY_ROLES.find((candidate) => candidate === (role || 'client'));
  if (known === undefined) return `its role must be ${KEY_ROLES.join(' or ')}`;
  if ([requests, tokens, queuedJobs, queuedTexts].some((limit) => limit !== '' && !LIMIT.test(limit)))
    return 'its limits must be whole numbers below a billion';
  return {
    name,
    hash: hash.toLowerCase(),
    role: known,
    requests: numberOf(requests),
    tokens: numberOf(tokens),
    queuedJobs: numberOf(queuedJobs),
    queuedTexts: numberOf(queuedTexts),
  };
}

function numberOf(limit: string): number | undefined {
  return limit === '' ? undefined : Number(limit);
}

function clashOf({ name, hash }: ApiKeySettings, others: readonly ApiKeySettings[]): string | undefined {
  if (others.some((key) => key.name === name)) return 'another key has its name';
  return others.some((key) => key.hash === hash) ? 'another key has its hash' : undefined;
}
