import { createCache, type Cache } from 'cache-manager';
import { ServiceError } from '../errors/index.js';
import { faultOf, type RedisBreaker } from '../redis/index.js';
import type { ByteCache, CacheEntry, CacheSize } from './byte-cache.port.js';
import type { CacheObserver } from './cache-observer.port.js';
import type { RedisValues } from './redis-values.js';

const SIZE_MAX_AGE_MS = 1000;

/** Bytes in Redis. While Redis is bypassed, reads miss and writes are left out. */
export class RedisByteCache implements ByteCache {
  private readonly recent: Cache = createCache({ ttl: SIZE_MAX_AGE_MS });

  constructor(
    private readonly redis: RedisBreaker,
    private readonly values: RedisValues,
    private readonly observer: CacheObserver,
  ) {}

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    if (keys.length === 0) return [];
    if (this.redis.isBypassed) return this.bypass(keys);
    try {
      const values = await this.redis.run(async () => await this.values.getMany(keys));
      return values.map((value) => (value === null ? undefined : ownCopy(value)));
    } catch (error) {
      this.observer.failed('redis', 'read', error);
      return keys.map(() => undefined);
    }
  }

  getFromMemory(): undefined {
    return undefined;
  }

  async setMany(entries: readonly CacheEntry[]): Promise<void> {
    if (entries.length === 0 || this.redis.isBypassed) return;
    try {
      await this.redis.run(async () => await this.values.setMany(entries));
    } catch (error) {
      this.observer.failed('redis', 'write', error);
    }
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    return await this.orUnavailable(this.redis.run(async () => await this.values.deleteMany(keys)));
  }

  async clear(prefix = ''): Promise<number> {
    return await this.orUnavailable(this.deleteAll(prefix));
  }

  private bypass(keys: readonly string[]): readonly undefined[] {
    this.observer.bypassed('redis', keys.length);
    return keys.map(() => undefined);
  }

  private async orUnavailable<T>(deletion: Promise<T>): Promise<T> {
    try {
      return await deletion;
    } catch (cause) {
      const message = `Redis ${faultOf(cause)}, so entries may be left; try again.`;
      throw new ServiceError('unavailable', message, { cause, retryAfterSeconds: 1 });
    }
  }

  /** Each slice must be answered in time. */
  private async deleteAll(prefix: string): Promise<number> {
    const slices = this.values.deleteAll(prefix);
    for (let removed = 0; ;) {
      const slice = await this.redis.run(async () => await slices.next());
      if (slice.done === true) return removed;
      removed += slice.value;
    }
  }

  /** `entries` counts every key of the database. */
  async size(): Promise<CacheSize> {
    const entries = await this.recent.wrap('entries', () => this.redis.run(async () => await this.values.count()));
    return { entries, areShared: true, memoryBytes: 0 };
  }

  async findFault(): Promise<string | undefined> {
    return await this.redis.findFault();
  }

  async close(): Promise<void> {
    await this.recent.disconnect();
    this.redis.disconnect();
  }
}

/** ioredis cuts replies out of larger socket buffers. A copy frees those, and is aligned for a Float32Array. */
function ownCopy(value: Buffer): Uint8Array {
  return Uint8Array.from(value);
}
