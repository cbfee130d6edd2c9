import { Inject, Injectable } from '@nestjs/common';
import { hashOf, KEY_STORES, KeyDirectory, KeyRefresh, newSecret, type KeyStores, type StoredKey } from '../auth/index.js';
import { faultOfName, type KeyRights } from '../config/index.js';
import { faulty, ServiceError } from '../errors/index.js';

/** Every process holds all keys in memory. */
const MOST_KEYS = 5_000;
/** Two admins rarely change keys in the same moment. */
const MOST_TRIES = 10;

/** The properties of a key that an admin decides. Times are milliseconds since the epoch. */
export interface KeyTerms extends KeyRights {
  /** Undefined = never. */
  readonly expiresAt: number | undefined;
}

/** A key with a new secret, which is stored nowhere. */
export interface Issued {
  readonly key: StoredKey;
  readonly secret: string;
  /** Whether callers needed no key before. */
  readonly closedTheService: boolean;
}

/** Creates, changes and revokes stored keys. A method resolves when this process uses the change; other processes follow within a second. */
@Injectable()
export class KeyAdministration {
  constructor(
    @Inject(KEY_STORES) private readonly stores: KeyStores,
    private readonly directory: KeyDirectory,
    private readonly refresh: KeyRefresh,
  ) {}

  async create(name: string, terms: KeyTerms): Promise<Issued> {
    const fault = faultOfName(name);
    if (fault !== undefined) throw faulty('name', fault);
    this.refuseNameOfSettings(name);
    const secret = newSecret();
    const closedTheService = !this.directory.needsKey;
    const createdAt = Date.now();
    const key = { name, ...terms, createdAt, secrets: [{ hash: hashOf(secret), createdAt }] };
    await this.change((keys) => {
      if (keys.some((other) => other.name === name)) throw conflict(`There is a key ${name}: choose another name, or rotate its secret.`);
      if (keys.length >= MOST_KEYS)
        throw new ServiceError(
          'insufficient_storage',
          `There are ${MOST_KEYS} stored keys, which is the most: revoke some that are no longer used.`,
        );
      return key;
    });
    return { key, secret, closedTheService };
  }

  /** Terms that are left out stay as they are. */
  async amend(name: string, terms: Partial<KeyTerms>): Promise<StoredKey> {
    return await this.replace(name, (key) => ({ ...key, ...terms }));
  }

  /**
   * Adds a secret. The older one works until the overlap is over, or as long as the key if that is shorter. 0 seconds = all
   * older ones end now.
   */
  async rotate(name: string, overlapSeconds: number): Promise<Issued> {
    const secret = newSecret();
    const key = await this.replace(name, (stored) => rotated(stored, hashOf(secret), overlapSeconds));
    return { key, secret, closedTheService: false };
  }

  /** Ends all secrets but the newest one. */
  async endOlderSecrets(name: string): Promise<StoredKey> {
    return await this.replace(name, (key) => ({ ...key, secrets: key.secrets.slice(0, 1) }));
  }

  /** A key that is not used, because the settings have one of the same name, can be revoked too. */
  async revoke(name: string): Promise<void> {
    await this.change((keys) => {
      if (keys.every((key) => key.name !== name)) this.refuseNameOfSettings(name, 'remove it there');
      found(name, keys);
      return { revoked: name };
    });
  }

  private async replace(name: string, step: (key: StoredKey) => StoredKey): Promise<StoredKey> {
    this.refuseNameOfSettings(name, 'change it there');
    const changed = await this.change((keys) => step(found(name, keys)));
    if ('revoked' in changed) throw new Error('a replaced key is not revoked');
    return changed;
  }

  /** Changes one key. If another process was faster, it starts again with what that one stored. */
  private async change<Change extends StoredKey | { readonly revoked: string }>(
    step: (keys: readonly StoredKey[]) => Change,
  ): Promise<Change> {
    const { keys: store } = this.stores;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const { version, keys } = await store.read();
      const change = step(keys);
      const isDone = 'revoked' in change ? await store.remove(change.revoked, version) : await store.put(change, version);
      if (!isDone) continue;
      await this.refresh.look(); // the change is stored even if it cannot be read back now
      return change;
    }
    throw new ServiceError('unavailable', 'Other admins change keys at the same time; try again.', { retryAfterSeconds: 1 });
  }

  private refuseNameOfSettings(name: string, advice = 'choose another name'): void {
    const source = this.directory.named(name)?.source;
    if (source !== undefined && source !== 'store') throw conflict(`The key ${name} is one of ${source}: ${advice}.`);
  }
}

function found(name: string, keys: readonly StoredKey[]): StoredKey {
  const key = keys.find((stored) => stored.name === name);
  if (key === undefined) throw new ServiceError('not_found', 'There is no stored key of this name.');
  return key;
}

function rotated(key: StoredKey, hash: string, overlapSeconds: number): StoredKey {
  const now = Date.now();
  if (key.expiresAt !== undefined && key.expiresAt <= now) throw conflict(`The key ${key.name} has expired: change its expires_at first.`);
  const valid = key.secrets.filter(({ expiresAt = Infinity }) => expiresAt > now);
  const [current, older] = valid;
  if (older?.expiresAt !== undefined && overlapSeconds > 0)
    throw conflict(
      `The key ${key.name} has two secrets, and the older one works until ${new Date(older.expiresAt).toISOString()}: wait, end it with ` +
        `DELETE /keys/${key.name}/older-secrets, or rotate with overlap_seconds 0, which ends both.`,
    );
  const overlapping = current !== undefined && overlapSeconds > 0 ? [{ ...current, expiresAt: now + overlapSeconds * 1000 }] : [];
  return { ...key, secrets: [{ hash, createdAt: now }, ...overlapping] };
}

function conflict(message: string): ServiceError {
  return new ServiceError('key_conflict', message);
}
