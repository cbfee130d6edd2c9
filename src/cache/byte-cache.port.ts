/**
 * Stores bytes under keys for CACHE_TTL seconds. Only the caller knows what the bytes mean.
 *
 * A fault of the store is a miss when reading and nothing when writing: no method rejects for it, except `deleteMany`
 * and `clear`, whose caller must know that something may be left.
 */
export interface ByteCache {
  /** The values in the order of `keys`; undefined = not there. They must not be changed, and may be views. */
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** What needs no waiting for; undefined = not in this process's memory. A miss here is not counted as one. */
  getFromMemory(key: string): Uint8Array | undefined;
  /** The cache keeps the arrays it is given: they must not be changed afterwards. */
  setMany(entries: readonly CacheEntry[]): Promise<void>;
  /** How many of the keys were there. */
  deleteMany(keys: readonly string[]): Promise<number>;
  /** Deletes what this cache holds; resolves to how many entries that were. */
  clear(): Promise<number>;
  /** Never walks over keys. */
  size(): Promise<CacheSize>;
  /** Why the tier that processes share cannot be used; undefined = it can, or nothing is shared. */
  findFault(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface CacheEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

export interface CacheSize {
  readonly entries: number;
  /** Whether other processes count the same entries. */
  readonly areShared: boolean;
  /** Bytes in this process's memory. */
  readonly memoryBytes: number;
}

export const BYTE_CACHE = Symbol('BYTE_CACHE');
