import type { KeyRights } from '../../config/index.js';

/** One secret of a stored key. Times are milliseconds since the epoch. */
interface StoredSecret {
  /** SHA-256 of the secret, 64 hex digits. */
  readonly hash: string;
  readonly createdAt: number;
  /** From then on it is refused; undefined = as long as the key. */
  readonly expiresAt?: number | undefined;
}

/** A key that an admin created. Times are milliseconds since the epoch. */
export interface StoredKey extends Partial<KeyRights> {
  readonly name: string;
  readonly role: KeyRights['role'];
  readonly createdAt: number;
  /** From then on its secrets are refused; undefined = never. */
  readonly expiresAt?: number | undefined;
  /** The newest first. */
  readonly secrets: readonly StoredSecret[];
}

export interface StoredKeys {
  /** 0 = no key was ever stored. It grows with each change, and a store that lost its content never gives an old version again. */
  readonly version: number;
  /** By name. */
  readonly keys: readonly StoredKey[];
}

/**
 * Keeps the keys that admins create, for all processes. A change is made only to the version that it was made for, so two
 * admins cannot undo each other's changes. When a method has resolved, its change is durable and seen by every process.
 * Methods reject with a ServiceError: `insufficient_storage` or `unavailable`.
 */
export interface KeyStore {
  /** Is cheap, because every process asks twice a second. */
  version(): Promise<number>;
  read(): Promise<StoredKeys>;
  /** Adds or replaces the key of this name; false = `version` is not the newest. */
  put(key: StoredKey, version: number): Promise<boolean>;
  /** Removes the key of this name, if there is one; false = `version` is not the newest. */
  remove(name: string, version: number): Promise<boolean>;
}
