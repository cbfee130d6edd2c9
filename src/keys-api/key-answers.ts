import type { KeyDirectory, KnownKey, StoredKey } from '../auth/index.js';
import type { Issued, KeyTerms } from './key-administration.js';
import type { IssuedKeyAnswer, KeyAnswer, KeyTermsRequest } from './key.dto.js';

const NOTICE = 'This is the first key. From now on the service asks every caller for a key, also after a restart and when no key is left.';

/** All keys, those that are not used at the end. */
export function keyList({ known, shadowed }: KeyDirectory): KeyAnswer[] {
  const unused = shadowed.map((stored): KeyAnswer => ({ ...storedAnswer(stored), state: 'shadowed' }));
  return [...known.map(keyAnswer), ...unused];
}

export function storedAnswer(stored: StoredKey): Readonly<KeyAnswer> {
  const { name, role, requests, tokens, queuedJobs, queuedTexts } = stored;
  return keyAnswer({ key: { name, role, requests, tokens, queuedJobs, queuedTexts }, source: 'store', stored });
}

export function issuedAnswer({ key, secret, closedTheService }: Issued): IssuedKeyAnswer {
  return { ...storedAnswer(key), secret, ...(closedTheService ? { notice: NOTICE } : {}) };
}

/** The terms that the body has; null = the service's own. */
export function termsIn({ role, requests, tokens, jobs, job_texts: jobTexts, expires_at: expiresAt }: KeyTermsRequest): Partial<KeyTerms> {
  return {
    ...(role === undefined ? {} : { role }),
    ...(requests === undefined ? {} : { requests: requests ?? undefined }),
    ...(tokens === undefined ? {} : { tokens: tokens ?? undefined }),
    ...(jobs === undefined ? {} : { queuedJobs: jobs ?? undefined }),
    ...(jobTexts === undefined ? {} : { queuedTexts: jobTexts ?? undefined }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? undefined : Date.parse(expiresAt) }),
  };
}

function keyAnswer({ key, source, stored }: KnownKey): Readonly<KeyAnswer> {
  const now = Date.now();
  const hasExpired = stored?.expiresAt !== undefined && stored.expiresAt <= now;
  const working = hasExpired ? [] : (stored?.secrets ?? []).filter(({ expiresAt = Infinity }) => expiresAt > now);
  return {
    name: key.name,
    role: key.role,
    requests: key.requests ?? null,
    tokens: key.tokens ?? null,
    jobs: key.queuedJobs ?? null,
    job_texts: key.queuedTexts ?? null,
    source,
    state: hasExpired ? 'expired' : 'active',
    created_at: timeOf(stored?.createdAt),
    expires_at: timeOf(stored?.expiresAt),
    secrets: working.map(({ createdAt, expiresAt }) => ({ created_at: new Date(createdAt).toISOString(), expires_at: timeOf(expiresAt) })),
  };
}

function timeOf(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
