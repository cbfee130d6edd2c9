import { LRUCache } from 'lru-cache';
import type { ByteCache, CacheEntry, CacheSize } from './byte-cache.port.js';

/** The memory of an entry besides its value: the characters of the key, map slots, list links, typed array headers. */
const ENTRY_OVERHEAD_BYTES = 320;

interface MemoryByteCacheOptions {
  readonly maxBytes: number;
  readonly ttlMs: number;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

/** Keeps bytes in memory. When they exceed the limit, the least recently used entries are deleted first. */
export class MemoryByteCache implements ByteCache {
  private readonly entries: LRUCache<string, Uint8Array>;

  constructor({ maxBytes, ttlMs, now }: MemoryByteCacheOptions) {
    this.entries = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: maxBytes,
      sizeCalculation: (value) => value.byteLength + ENTRY_OVERHEAD_BYTES,
      ttl: ttlMs,
      ...(now === undefined ? {} : { perf: { now }, ttlResolution: 0 }),
    });
  }

  getFromMemory(key: string): Uint8Array | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: Uint8Array): void {
    this.entries.set(key, value);
  }

  delete(key: string): boolean {
    return this.entries.get(key) !== undefined && this.entries.delete(key);
  }

  reset(): number {
    this.entries.purgeStale();
    const count = this.entries.size;
    this.entries.clear();
    return count;
  }

  /** Deletes the entries whose keys begin so; returns their number. */
  deleteBehind(prefix: string): number {
    this.entries.purgeStale();
    const keys = [...this.entries.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys) this.entries.delete(key);
    return keys.length;
  }

  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return Promise.resolve(keys.map((key) => this.entries.get(key)));
  }

  setMany(entries: readonly CacheEntry[]): Promise<void> {
    for (const { key, value } of entries) this.entries.set(key, value);
    return Promise.resolve();
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return Promise.resolve(new Set(keys.filter((key) => this.delete(key))).size);
  }

  clear(prefix?: string): Promise<number> {
    return Promise.resolve(prefix === undefined ? this.reset() : this.deleteBehind(prefix));
  }

  size(): Promise<CacheSize> {
    return Promise.resolve({ entries: this.entries.size, areShared: false, memoryBytes: this.entries.calculatedSize });
  }

  findFault(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  close(): Promise<void> {
    this.entries.clear();
    return Promise.resolve();
  }
}
