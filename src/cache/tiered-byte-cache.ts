import type { ByteCache, CacheEntry, CacheSize } from './byte-cache.port.js';
import type { CacheObserver, CacheTier } from './cache-observer.port.js';
import type { InvalidatedKeys, Invalidations } from './invalidations.port.js';
import type { MemoryByteCache } from './memory-byte-cache.js';

/** The tier that other processes see, too. */
export interface SharedTier {
  readonly tier: CacheTier;
  readonly cache: ByteCache;
  readonly invalidations: Invalidations;
}

interface Tiers {
  readonly memory: MemoryByteCache;
  readonly shared?: SharedTier | undefined;
}

/** Looks in memory first, then in the tier that processes share; values found there are kept in memory. */
export class TieredByteCache implements ByteCache {
  private readonly memory: MemoryByteCache;
  private readonly shared: ByteCache | undefined;
  private readonly sharedTier: CacheTier;
  private readonly invalidations: Invalidations | undefined;
  /** Counts the times when keys were forgotten. */
  private forgotten = 0;

  constructor(
    { memory, shared }: Tiers,
    private readonly observer: CacheObserver,
  ) {
    this.memory = memory;
    this.shared = shared?.cache;
    this.sharedTier = shared?.tier ?? 'memory';
    this.invalidations = shared?.invalidations;
    this.invalidations?.onMessage((keys) => this.forget(keys));
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    const values = keys.map((key) => this.memory.getFromMemory(key));
    const missing = keys.filter((_, index) => values[index] === undefined);
    this.observer.lookedUp('memory', keys.length - missing.length, missing.length);
    if (missing.length === 0 || this.shared === undefined) return values;

    const { forgotten } = this;
    const found = await this.shared.getMany(missing);
    const hits = found.filter((value) => value !== undefined).length;
    this.observer.lookedUp(this.sharedTier, hits, missing.length - hits);
    if (forgotten === this.forgotten) this.remember(missing, found); // else some of the values may just have been invalidated
    let next = 0;
    return values.map((value) => value ?? found[next++]);
  }

  getFromMemory(key: string): Uint8Array | undefined {
    const value = this.memory.getFromMemory(key);
    if (value !== undefined) this.observer.lookedUp('memory', 1, 0);
    return value;
  }

  async setMany(entries: readonly CacheEntry[]): Promise<void> {
    for (const { key, value } of entries) this.memory.set(key, value);
    await this.shared?.setMany(entries);
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    const removed = await this.shared?.deleteMany(keys);
    const here = this.forgetKeys(keys);
    await this.invalidations?.publish?.(keys);
    return removed ?? here;
  }

  async clear(prefix?: string): Promise<number> {
    const removed = await this.shared?.clear(prefix);
    const here = this.forgetAll(prefix);
    await this.invalidations?.publish?.('all');
    return removed ?? here;
  }

  async size(): Promise<CacheSize> {
    const inMemory = await this.memory.size();
    const shared = await this.shared?.size().catch(() => undefined); // Redis is away: count this process's memory
    return { entries: (shared ?? inMemory).entries, areShared: shared !== undefined, memoryBytes: inMemory.memoryBytes };
  }

  async findFault(): Promise<string | undefined> {
    return await this.shared?.findFault();
  }

  async close(): Promise<void> {
    this.invalidations?.close?.();
    await this.shared?.close();
    await this.memory.close();
  }

  private forget(keys: InvalidatedKeys): void {
    if (keys === 'all') this.forgetAll();
    else this.forgetKeys(keys);
  }

  private remember(keys: readonly string[], values: readonly (Uint8Array | undefined)[]): void {
    keys.forEach((key, index) => {
      const value = values[index];
      if (value !== undefined) this.memory.set(key, value);
    });
  }

  private forgetAll(prefix?: string): number {
    this.forgotten++;
    return prefix === undefined ? this.memory.reset() : this.memory.deleteBehind(prefix);
  }

  /** Returns how many of the keys were there. */
  private forgetKeys(keys: readonly string[]): number {
    this.forgotten++;
    return keys.filter((key) => this.memory.delete(key)).length;
  }
}
