import { ServiceError } from '../../errors/index.js';
import type { RedisClient } from '../../redis/index.js';
import { ownerOfDocument, type DocumentPage, type DocumentStore, type Stored } from './document-store.port.js';
import { asking } from './redis-faults.js';

/** One slot of a Redis Cluster for all keys: a script changes several of them in one step. */
const KEYS = 'embedding:{files}:';
const INDEXED_A_STEP = 500;

/**
 * Keys of a kind: a hash of the documents, "version json" each; a sorted set of their ids; a sorted set of "owner id", in which
 * the documents of an owner lie together. The owner is part of the JSON.
 */
const OWNED = `
local function owned(stored, id)
  local document = cjson.decode(string.match(stored, '^%d+ (.*)$'))
  return (type(document.owner) == 'string' and document.owner or '') .. ' ' .. id
end
`;

const PUT = `
local stored = redis.call('HGET', KEYS[1], ARGV[1])
local version = stored and string.match(stored, '^%d+') or '0'
if version ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], (tonumber(version) + 1) .. ' ' .. ARGV[3])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('ZADD', KEYS[3], 0, ARGV[4] .. ' ' .. ARGV[1])
return 1
`;

const REMOVE = `${OWNED}
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if stored then redis.call('ZREM', KEYS[3], owned(stored, ARGV[1])) end
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
`;

/** Adds these documents, if they are still there, to the set by owner. */
const INDEX = `${OWNED}
for _, id in ipairs(ARGV) do
  local stored = redis.call('HGET', KEYS[1], id)
  if stored then redis.call('ZADD', KEYS[3], 0, owned(stored, id)) end
end
`;

/** Documents in Redis, shared by every machine. */
export class RedisDocumentStore implements DocumentStore {
  /** Disconnects the client when it is closed. */
  constructor(
    private readonly redis: RedisClient,
    private readonly keyPrefix = '',
  ) {}

  async get<T>(kind: string, id: string): Promise<Stored<T> | undefined> {
    const stored = await asking(this.redis.hget(this.key('documents', kind), id));
    return stored === null ? undefined : parsed<T>(id, stored);
  }

  async put(kind: string, id: string, value: object, version: number): Promise<boolean> {
    return (await this.run(PUT, kind, [id, version, JSON.stringify(value), ownerOfDocument(value)])) === 1;
  }

  async remove(kind: string, id: string): Promise<boolean> {
    return (await this.run(REMOVE, kind, [id])) === 1;
  }

  async list<T>(page: DocumentPage): Promise<readonly Stored<T>[]> {
    const { kind, owner } = page;
    const found = owner === undefined ? await this.idsOf(page) : await this.idsOfOwner(page, owner);
    if (found.length === 0) return [];
    const stored = await asking(this.redis.hmget(this.key('documents', kind), ...found));
    return found.flatMap((id, index) => {
      const document = stored[index];
      return document === null || document === undefined ? [] : [parsed<T>(id, document)];
    });
  }

  close(): Promise<void> {
    this.redis.disconnect();
    return Promise.resolve();
  }

  private async idsOf({ kind, order, after, limit }: DocumentPage): Promise<readonly string[]> {
    const behind = after === undefined ? undefined : `(${after}`;
    return await asking(
      order === 'ascending'
        ? this.redis.zrangebylex(this.key('ids', kind), behind ?? '-', '+', 'LIMIT', 0, limit)
        : this.redis.zrevrangebylex(this.key('ids', kind), behind ?? '+', '-', 'LIMIT', 0, limit),
    );
  }

  private async idsOfOwner({ kind, order, after, limit }: DocumentPage, owner: string): Promise<readonly string[]> {
    await this.indexOlder(kind);
    const [first, last] = [`[${owner} `, `[${owner} \uffff`];
    const behind = after === undefined ? undefined : `(${owner} ${after}`;
    const members = await asking(
      order === 'ascending'
        ? this.redis.zrangebylex(this.key('owned', kind), behind ?? first, last, 'LIMIT', 0, limit)
        : this.redis.zrevrangebylex(this.key('owned', kind), behind ?? last, first, 'LIMIT', 0, limit),
    );
    return members.map((member) => member.slice(owner.length + 1));
  }

  /** Indexes documents of older versions, which have no set by owner and may still run beside this one during an upgrade. */
  private async indexOlder(kind: string): Promise<void> {
    const [all, indexed] = await asking(Promise.all([this.redis.zcard(this.key('ids', kind)), this.redis.zcard(this.key('owned', kind))]));
    if (all === indexed) return;
    await asking(this.redis.del(this.key('owned', kind)));
    for (let after: string | undefined; ;) {
      const page = await this.idsOf({ kind, order: 'ascending', after, limit: INDEXED_A_STEP });
      if (page.length > 0) await this.run(INDEX, kind, page);
      if (page.length < INDEXED_A_STEP) return;
      after = page.at(-1);
    }
  }

  private key(name: 'documents' | 'ids' | 'owned', kind: string): string {
    return `${this.keyPrefix}${KEYS}${name}:${kind}`;
  }

  private async run(script: string, kind: string, args: readonly (string | number)[]): Promise<unknown> {
    return await asking(this.redis.eval(script, 3, this.key('documents', kind), this.key('ids', kind), this.key('owned', kind), ...args));
  }
}

function parsed<T>(id: string, stored: string): Stored<T> {
  const space = stored.indexOf(' ');
  if (space < 1) throw new ServiceError('unavailable', 'The Redis that keeps files holds something else under its keys.');
  return { id, version: Number(stored.slice(0, space)), value: JSON.parse(stored.slice(space + 1)) as T };
}
