import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ADMIN_KEY_NAME, type AuthSettings } from '../config/index.js';
import type { ApiKey } from './api-key.js';

interface Entry {
  readonly hash: Buffer;
  readonly key: ApiKey;
}

/** Secrets that were recognised and whose hash need not be computed again. */
const MOST_REMEMBERED = 10_000;

/** Knows keys by the SHA-256 of their secrets (docs/decisions/0015-keys.md). */
export class KeyRing {
  private readonly entries: ReadonlyMap<string, Entry>;
  /** Only secrets that are right get in: nobody can fill it with others. */
  private readonly recognised = new LRUCache<string, ApiKey>({ max: MOST_REMEMBERED });

  constructor({ apiKeys, adminKey }: AuthSettings) {
    const entries = new Map<string, Entry>();
    for (const { hash, ...key } of apiKeys) entries.set(hash, { hash: Buffer.from(hash, 'hex'), key });
    if (adminKey !== undefined) {
      const hash = sha256(adminKey);
      entries.set(hash.toString('hex'), { hash, key: { name: ADMIN_KEY_NAME, role: 'admin', requests: undefined, tokens: undefined } });
    }
    this.entries = entries;
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  /** Whose secret this is; undefined = nobody's. */
  find(secret: string): ApiKey | undefined {
    return this.recognised.get(secret) ?? this.recognise(secret);
  }

  private recognise(secret: string): ApiKey | undefined {
    const hash = sha256(secret);
    const entry = this.entries.get(hash.toString('hex'));
    if (entry === undefined || !timingSafeEqual(hash, entry.hash)) return undefined;
    this.recognised.set(secret, entry.key);
    return entry.key;
  }
}

function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
