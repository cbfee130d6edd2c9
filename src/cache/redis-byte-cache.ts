import { createCache, type Cache } from 'cache-manager';
import type { Redis } from 'ioredis';
import { ServiceError } from '../errors/index.js';
import type { RedisBreaker } from '../redis/index.js';
import type { ByteCache, CacheEntry, CacheSize } from './byte-cache.port.js';
import type { CacheObserver } from './cache-observer.port.js';

const KEY_PREFIX = 'embedding:vector:';
const SCAN_COUNT = 1000;
const SIZE_MAX_AGE_MS = 1000;

/** Bytes in Redis: one MGET for a read, one pipeline for a write. While Redis is bypassed, reads miss and writes are left out. */
export class RedisByteCache implements ByteCache {
  private readonly recent: Cache = createCache({ ttl: SIZE_MAX_AGE_MS });

  constructor(
    private readonly redis: RedisBreaker,
    private readonly ttlMs: number,
    private readonly observer: CacheObserver,
  ) {}

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    if (keys.length === 0) return [];
    if (this.redis.isBypassed) return this.bypass(keys);
    try {
      const values = await this.redis.run((client) => client.mgetBuffer(keys.map(prefixed)));
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
      await this.redis.run((client) => this.write(client, entries));
    } catch (error) {
      this.observer.failed('redis', 'write', error);
    }
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    return keys.length === 0 ? 0 : await this.orUnavailable(this.redis.run((client) => client.unlink(keys.map(prefixed))));
  }

  async clear(): Promise<number> {
    return await this.orUnavailable(this.unlinkAll());
  }

  private bypass(keys: readonly string[]): readonly undefined[] {
    this.observer.bypassed('redis', keys.length);
    return keys.map(() => undefined);
  }

  private async write(client: Redis, entries: readonly CacheEntry[]): Promise<void> {
    const pipeline = client.pipeline();
    for (const { key, value } of entries) pipeline.set(prefixed(key), asBuffer(value), 'PX', this.ttlMs);
    const results = (await pipeline.exec()) ?? [];
    for (const [error] of results) if (error !== null) throw error;
  }

  private async orUnavailable<T>(deletion: Promise<T>): Promise<T> {
    try {
      return await deletion;
    } catch (cause) {
      throw new ServiceError('unavailable', 'Redis does not answer, so not all was deleted; try again.', { cause, retryAfterSeconds: 1 });
    }
  }

  private async unlinkAll(): Promise<number> {
    let removed = 0;
    let cursor = '0';
    do {
      const [next, found] = await this.redis.run((client) => client.scan(cursor, 'MATCH', `${KEY_PREFIX}*`, 'COUNT', SCAN_COUNT));
      if (found.length > 0) removed += await this.redis.run((client) => client.unlink(found));
      cursor = next;
    } while (cursor !== '0');
    return removed;
  }

  /** `entries` is DBSIZE, every key of the database: counting only the vectors would mean to walk over them. */
  async size(): Promise<CacheSize> {
    const entries = await this.recent.wrap('entries', () => this.redis.run((client) => client.dbsize()));
    return { entries, areShared: true, memoryBytes: 0 };
  }

  async isReachable(): Promise<boolean> {
    const answer = this.redis.run((client) => client.ping());
    return await answer.then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.recent.disconnect();
    this.redis.disconnect();
  }
}

function prefixed(key: string): string {
  return KEY_PREFIX + key;
}

/** ioredis cuts replies out of larger socket buffers: a copy lets those go, and is aligned for a Float32Array. */
function ownCopy(value: Buffer): Uint8Array {
  return Uint8Array.from(value);
}

function asBuffer(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
