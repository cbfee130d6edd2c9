/**
 * Stores bytes under keys for CACHE_TTL seconds. Only the caller knows what the bytes mean.
 *
 * A fault of the store is a miss when reading, and is ignored when writing. No method rejects because of it, except
 * `deleteMany` and `clear`, whose callers must know that entries may be left.
 */
export interface ByteCache {
  /** Returns the values in the order of `keys`; undefined = a miss. They must not be changed, and may be views. */
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Returns a value without waiting; undefined = it is not in this process's memory. Such a miss is not counted. */
  getFromMemory(key: string): Uint8Array | undefined;
  /** The cache keeps the arrays that it gets, so they must not be changed afterwards. */
  setMany(entries: readonly CacheEntry[]): Promise<void>;
  /** Resolves to how many of the keys were there. */
  deleteMany(keys: readonly string[]): Promise<number>;
  /** Deletes the entries whose keys begin with `prefix`, or all without one; resolves to their number. */
  clear(prefix?: string): Promise<number>;
  /** Takes the same time for any number of entries. */
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
