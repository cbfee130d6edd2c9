import { createHash, timingSafeEqual } from 'node:crypto';
import { ADMIN_KEY_NAME, type AuthSettings } from '../config/index.js';
import type { ApiKey } from './api-key.js';

interface Entry {
  readonly hash: Buffer;
  readonly key: ApiKey;
}

/** Finds keys by the SHA-256 of their secrets (docs/decisions/0015-keys.md). */
export class KeyRing {
  private readonly entries: ReadonlyMap<string, Entry>;
  /** Remembers valid secrets, to avoid hashing them again: one for each key. */
  private readonly recognised = new Map<string, ApiKey>();

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

  /** The key with this secret; undefined = there is none. */
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
