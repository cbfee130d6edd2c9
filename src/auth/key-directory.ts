import { ADMIN_KEY_NAME, type ApiKeySettings, type AuthSettings } from '../config/index.js';
import type { ApiKey } from './api-key.js';
import { KeyRing, type RingEntry } from './key-ring.js';
import { hashOf } from './new-key.js';
import type { StoredKey, StoredKeys } from './store/key-store.port.js';

/** The origin of a key. Admins can change only stored keys. */
export const KEY_SOURCES = ['API_KEYS', 'API_KEYS_FILE', 'store', 'ADMIN_KEY'] as const;
export type KeySource = (typeof KEY_SOURCES)[number];

export interface KnownKey {
  readonly key: ApiKey;
  readonly source: KeySource;
  /** The secrets and times of a stored key. */
  readonly stored?: StoredKey;
}

/**
 * All keys of this process, in memory: those of the settings, of the file, and those that admins created. Callers read it
 * at once; KeyRefresh keeps it up to date.
 */
export class KeyDirectory {
  private fileKeys: readonly ApiKeySettings[] = [];
  /** Undefined = they were never read. */
  private stored: StoredKeys | undefined;
  private wereStored = false;
  private byName: ReadonlyMap<string, KnownKey> = new Map();
  private ring = new KeyRing([]);

  constructor(private readonly settings: AuthSettings) {
    this.rebuild();
  }

  /** In the order of the settings, then the stored ones by name, ADMIN_KEY last. */
  get known(): readonly KnownKey[] {
    return [...this.byName.values()];
  }

  /** Stored keys that are not used, because API_KEYS or the file has a key of the same name. */
  get shadowed(): readonly StoredKey[] {
    return (this.stored?.keys ?? []).filter(({ name }) => this.byName.get(name)?.source !== 'store');
  }

  /** Whether callers need a key. Once a key was stored they always do, so that revoking the last key opens nothing. */
  get needsKey(): boolean {
    return this.wereStored || this.settings.apiKeys.length > 0 || this.fileKeys.length > 0;
  }

  /** Whether there is any key of the role admin. */
  get hasAdmin(): boolean {
    return this.known.some(({ key }) => key.role === 'admin');
  }

  /** Whether a key may be stored that this process has not read yet. Without an admin there is none. */
  get isUncertain(): boolean {
    return this.stored === undefined && this.settings.store !== undefined && this.hasAdmin;
  }

  get isEmpty(): boolean {
    return this.ring.isEmpty;
  }

  /** The key with this secret; undefined = there is none, or it has expired. */
  withSecret(secret: string): ApiKey | undefined {
    return this.ring.find(secret);
  }

  isExpired(secret: string): boolean {
    return this.ring.isExpired(secret);
  }

  named(name: string): KnownKey | undefined {
    return this.byName.get(name);
  }

  replaceFileKeys(keys: readonly ApiKeySettings[]): void {
    this.fileKeys = keys;
    this.rebuild();
  }

  replaceStored(stored: StoredKeys): void {
    this.stored = stored;
    this.wereStored ||= stored.version > 0;
    this.rebuild();
  }

  private rebuild(): void {
    const { apiKeys, keysFile, adminKey } = this.settings;
    const known: KnownKey[] = [];
    const entries: RingEntry[] = [];
    const add = (source: KeySource, keys: readonly ApiKeySettings[]): void => {
      for (const { hash, ...key } of keys) {
        known.push({ key, source });
        entries.push({ hash, key, expiresAt: Infinity });
      }
    };
    add('API_KEYS', apiKeys);
    add(keysFile?.setting ?? 'API_KEYS_FILE', this.fileKeys);
    const taken = new Set(known.map(({ key }) => key.name));
    for (const stored of this.stored?.keys ?? []) {
      if (taken.has(stored.name)) continue;
      const key = keyOf(stored);
      known.push({ key, source: 'store', stored });
      for (const { hash, expiresAt = Infinity } of stored.secrets)
        entries.push({ hash, key, expiresAt: Math.min(expiresAt, stored.expiresAt ?? Infinity) });
    }
    if (adminKey !== undefined)
      add('ADMIN_KEY', [{ name: ADMIN_KEY_NAME, role: 'admin', requests: undefined, tokens: undefined, hash: hashOf(adminKey) }]);
    this.byName = new Map(known.map((entry) => [entry.key.name, entry]));
    this.ring = new KeyRing(entries);
  }
}

function keyOf({ name, role, requests, tokens, queuedJobs, queuedTexts }: StoredKey): ApiKey {
  return { name, role, requests, tokens, queuedJobs, queuedTexts };
}
