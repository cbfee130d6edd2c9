import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from './api-key.js';

/** One secret of a key, as its SHA-256. */
export interface RingEntry {
  /** 64 hex digits. */
  readonly hash: string;
  readonly key: ApiKey;
  /** Milliseconds since the epoch; Infinity = never. */
  readonly expiresAt: number;
}

interface Entry extends Omit<RingEntry, 'hash'> {
  readonly hash: Buffer;
}

/** Finds keys by the SHA-256 of their secrets (docs/decisions/0015-keys.md). It never changes; a change of keys makes another. */
export class KeyRing {
  private readonly entries: ReadonlyMap<string, Entry>;
  /** Remembers valid secrets, to avoid hashing them again: one for each entry. */
  private readonly recognised = new Map<string, Entry>();

  /** If two entries have the same hash, the last counts. */
  constructor(entries: readonly RingEntry[]) {
    this.entries = new Map(entries.map((entry) => [entry.hash, { ...entry, hash: Buffer.from(entry.hash, 'hex') }]));
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  /** The key with this secret; undefined = there is none, or it has expired. */
  find(secret: string): ApiKey | undefined {
    const entry = this.recognised.get(secret) ?? this.recognise(secret);
    return entry === undefined || hasExpired(entry) ? undefined : entry.key;
  }

  /** Whether this is the secret of a key, but no longer. */
  isExpired(secret: string): boolean {
    const entry = this.recognise(secret);
    return entry !== undefined && hasExpired(entry);
  }

  private recognise(secret: string): Entry | undefined {
    const hash = createHash('sha256').update(secret).digest();
    const entry = this.entries.get(hash.toString('hex'));
    if (entry === undefined || !timingSafeEqual(hash, entry.hash)) return undefined;
    this.recognised.set(secret, entry);
    return entry;
  }
}

function hasExpired({ expiresAt }: Entry): boolean {
  return expiresAt !== Infinity && expiresAt <= Date.now();
}
