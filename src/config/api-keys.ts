import type { Reader } from './setting-readers.js';

/** A `client` may embed; an `admin` may also administrate. */
export const KEY_ROLES = ['client', 'admin'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** The rights and limits of a key. */
export interface KeyRights {
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

/** A key of the settings: its name, its hash, its role and its limits. */
export interface ApiKeySettings extends KeyRights {
  readonly name: string;
  /** SHA-256 of the secret, 64 hex digits. */
  readonly hash: string;
}

/** Keys that were read from a text, and one line for each entry that is wrong. */
export interface KeyList {
  readonly keys: readonly ApiKeySettings[];
  readonly faults: readonly string[];
}

/** The name under which ADMIN_KEY is counted. */
export const ADMIN_KEY_NAME = 'ADMIN_KEY';
/** Limits of keys are below this. */
export const LIMIT_BOUND = 1_000_000_000;

const ENTRY = 'NAME:SHA256[:ROLE[:REQUESTS[:TOKENS[:JOBS[:JOB_TEXTS]]]]]';
const ALLOWED = `${ENTRY} with commas between, or the path of a file with one a line; "npx embedding-pipeline key NAME" makes one`;
const NAME = /^[a-z0-9][\w.-]{0,63}$/i;
const HASH = /^[0-9a-f]{64}$/i;
const LIMIT = /^\d{1,9}$/;
/** A path begins with / or a dot, which no name does. */
const PATH = /^[/.]/;

/** Reads keys that are separated by commas or line breaks, or the path of a file of keys, which it leaves to `keysInFile`. */
export const keysOrPath: Reader<readonly ApiKeySettings[] | string> = (raw) => {
  if (PATH.test(raw)) return { value: raw };
  const entries = entriesIn(raw).map((entry, index) => ({ entry, place: `Key ${index + 1}` }));
  const { keys, faults } = parseEntries(entries, []);
  const [fault = entries.length === 0 ? 'There is no key in it' : undefined] = faults;
  return fault === undefined ? { value: keys } : { allowed: `${ALLOWED}. ${fault}` };
};

/**
 * Reads a file of keys: entries like those of API_KEYS, one in a line; # begins a comment. `others` are keys whose names and
 * hashes the file must not use.
 */
export function keysInFile(content: string, others: readonly ApiKeySettings[]): KeyList {
  const entries = content.split('\n').flatMap((line, index) => entriesIn(line).map((entry) => ({ entry, place: `line ${index + 1}` })));
  const list = parseEntries(entries, others);
  return entries.length === 0 ? { keys: [], faults: ['there is no key in it'] } : list;
}

/** Returns the fault of an entry of API_KEYS; undefined = it is right. */
export function faultOfKey(entry: string): string | undefined {
  const key = parseKey(entry);
  return typeof key === 'string' ? key : undefined;
}

/** Returns the fault of a key's name; undefined = it is right. */
export function faultOfName(name: string): string | undefined {
  return NAME.test(name) && name !== ADMIN_KEY_NAME
    ? undefined
    : 'must be 1 to 64 letters, digits and . _ - and begin with a letter or digit, and must not be ADMIN_KEY';
}

function entriesIn(list: string): readonly string[] {
  return list
    .replace(/#.*/g, '')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
}

function parseEntries(entries: readonly { readonly entry: string; readonly place: string }[], others: readonly ApiKeySettings[]): KeyList {
  const keys: ApiKeySettings[] = [];
  const faults: string[] = [];
  for (const { entry, place } of entries) {
    const key = parseKey(entry);
    const fault = typeof key === 'string' ? key : clashOf(key, [...others, ...keys]);
    if (fault !== undefined) faults.push(`${place}: ${fault}`);
    else if (typeof key !== 'string') keys.push(key);
  }
  return { keys, faults };
}

/** Returns the key, or a string that names the fault. It never repeats the entry, which may hold a secret in the wrong place. */
function parseKey(entry: string): ApiKeySettings | string {
  const [name = '', hash = '', role = '', requests = '', tokens = '', queuedJobs = '', queuedTexts = '', ...rest] = entry.split(':');
  if (rest.length > 0) return 'it has more than seven parts';
  const faultyName = faultOfName(name);
  if (faultyName !== undefined) return `its name ${faultyName}`;
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
