import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from '../redis/index.js';
import type { CacheEntry } from './byte-cache.port.js';

const KEY = 'embedding:vector:';
const PROBE_KEY = 'embedding:probe';
const PROBE_TTL_MS = 1_000;
const SCAN_COUNT = 1000;

interface ValueOptions {
  readonly ttlMs: number;
  readonly keyPrefix: string;
}

/** The commands of the cache, which differ between one server and a cluster. */
export interface RedisValues {
  getMany(keys: readonly string[]): Promise<readonly (Buffer | null)[]>;
  setMany(entries: readonly CacheEntry[]): Promise<void>;
  /** Resolves to how many there were. */
  deleteMany(keys: readonly string[]): Promise<number>;
  /** Deletes the values whose keys begin so, a slice at a time; yields how many. */
  deleteAll(prefix: string): AsyncGenerator<number>;
  /** The keys of the database: to count only the values would mean to walk over all of them. */
  count(): Promise<number>;
  /** Rejects where values cannot be written. */
  probe(): Promise<void>;
}

export function openRedisValues(client: RedisClient, options: ValueOptions): RedisValues {
  return client instanceof Cluster ? new ClusterValues(client, options) : new SingleValues(client, options);
}

/** One MGET for a read, one pipeline for a write. */
class SingleValues implements RedisValues {
  constructor(
    private readonly client: Redis,
    private readonly options: ValueOptions,
  ) {}

  async getMany(keys: readonly string[]): Promise<readonly (Buffer | null)[]> {
    return await this.client.mgetBuffer(keys.map(this.keyOf));
  }

  async setMany(entries: readonly CacheEntry[]): Promise<void> {
    const pipeline = this.client.pipeline();
    for (const { key, value } of entries) pipeline.set(this.keyOf(key), asBuffer(value), 'PX', this.options.ttlMs);
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    return await this.client.unlink(keys.map(this.keyOf));
  }

  async *deleteAll(prefix: string): AsyncGenerator<number> {
    for await (const keys of scanned(this.client, this.keyOf(`${prefix}*`))) yield await this.client.unlink(keys);
  }

  async count(): Promise<number> {
    return await this.client.dbsize();
  }

  async probe(): Promise<void> {
    await probe(this.client, this.options.keyPrefix + PROBE_KEY);
  }

  private readonly keyOf = (key: string): string => this.options.keyPrefix + KEY + key;
}

/** A command for each key, since the keys lie in many slots; ioredis sends each to its node, many at a time. */
class ClusterValues implements RedisValues {
  constructor(
    private readonly client: Cluster,
    private readonly options: ValueOptions,
  ) {}

  async getMany(keys: readonly string[]): Promise<readonly (Buffer | null)[]> {
    return await Promise.all(keys.map(async (key) => await this.client.getBuffer(this.keyOf(key))));
  }

  async setMany(entries: readonly CacheEntry[]): Promise<void> {
    await whenAllAreOver(
      entries.map(async ({ key, value }) => await this.client.set(this.keyOf(key), asBuffer(value), 'PX', this.options.ttlMs)),
    );
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    return await this.unlink(keys.map(this.keyOf));
  }

  async *deleteAll(prefix: string): AsyncGenerator<number> {
    for (const node of this.client.nodes('master')) {
      for await (const keys of scanned(node, this.keyOf(`${prefix}*`))) yield await this.unlink(keys);
    }
  }

  async count(): Promise<number> {
    const counts = await Promise.all(this.client.nodes('master').map(async (node) => await node.dbsize()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Asks any one node. If another node is down, reads and writes of its keys fail. */
  async probe(): Promise<void> {
    await probe(this.client, this.options.keyPrefix + PROBE_KEY);
  }

  private async unlink(keys: readonly string[]): Promise<number> {
    const counts = await whenAllAreOver(keys.map(async (key) => await this.client.unlink(key)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private readonly keyOf = (key: string): string => this.options.keyPrefix + KEY + key;
}

/** Like Promise.all, but a failure waits for the others: no write is on its way any more when an invalidation follows. */
async function whenAllAreOver<T>(answers: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(answers);
  return await Promise.all(answers);
}

/** Writes a key and removes it again. */
async function probe(client: RedisClient, key: string): Promise<void> {
  await Promise.all([client.set(key, '', 'PX', PROBE_TTL_MS), client.unlink(key)]);
}

async function* scanned(client: Redis, pattern: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const [next, found] = await client.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
    if (found.length > 0) yield found;
    cursor = next;
  } while (cursor !== '0');
}

function asBuffer(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
