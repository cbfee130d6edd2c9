import type { Redis } from 'ioredis';
import { ServiceError } from '../../errors/index.js';
import type { DocumentPage, DocumentStore, Stored } from './document-store.port.js';
import { asking } from './redis-faults.js';

/** One slot of a Redis Cluster for all keys: a script changes two of them in one step. */
const PREFIX = 'embedding:{files}:';

/** Keys: a hash of the documents of a kind, "version json" each, and a sorted set of their ids. */
const PUT = `
local stored = redis.call('HGET', KEYS[1], ARGV[1])
local version = stored and string.match(stored, '^%d+') or '0'
if version ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], (tonumber(version) + 1) .. ' ' .. ARGV[3])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
return 1
`;

const REMOVE = `
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
`;

/** Documents in Redis, shared by every machine. */
export class RedisDocumentStore implements DocumentStore {
  /** Disconnects the client when it is closed. */
  constructor(private readonly redis: Redis) {}

  async get<T>(kind: string, id: string): Promise<Stored<T> | undefined> {
    const stored = await asking(this.redis.hget(documents(kind), id));
    return stored === null ? undefined : parsed<T>(id, stored);
  }

  async put(kind: string, id: string, value: object, version: number): Promise<boolean> {
    return (await asking(this.redis.eval(PUT, 2, documents(kind), ids(kind), id, version, JSON.stringify(value)))) === 1;
  }

  async remove(kind: string, id: string): Promise<boolean> {
    return (await asking(this.redis.eval(REMOVE, 2, documents(kind), ids(kind), id))) === 1;
  }

  async list<T>({ kind, order, after, limit }: DocumentPage): Promise<readonly Stored<T>[]> {
    const behind = after === undefined ? undefined : `(${after}`;
    const found = await asking(
      order === 'ascending'
        ? this.redis.zrangebylex(ids(kind), behind ?? '-', '+', 'LIMIT', 0, limit)
        : this.redis.zrevrangebylex(ids(kind), behind ?? '+', '-', 'LIMIT', 0, limit),
    );
    if (found.length === 0) return [];
    const stored = await asking(this.redis.hmget(documents(kind), ...found));
    return found.flatMap((id, index) => {
      const document = stored[index];
      return document === null || document === undefined ? [] : [parsed<T>(id, document)];
    });
  }

  close(): Promise<void> {
    this.redis.disconnect();
    return Promise.resolve();
  }
}

function documents(kind: string): string {
  return `${PREFIX}documents:${kind}`;
}

function ids(kind: string): string {
  return `${PREFIX}ids:${kind}`;
}

function parsed<T>(id: string, stored: string): Stored<T> {
  const space = stored.indexOf(' ');
  if (space < 1) throw new ServiceError('unavailable', 'The Redis that keeps files holds something else under its keys.');
  return { id, version: Number(stored.slice(0, space)), value: JSON.parse(stored.slice(space + 1)) as T };
}
