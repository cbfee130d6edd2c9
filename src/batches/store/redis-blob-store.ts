import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../errors/index.js';
import type { RedisClient } from '../../redis/index.js';
import type { BlobStore } from './blob-store.port.js';
import { asking } from './redis-faults.js';

const KEYS = 'embedding:{files}:';
const PART_BYTES = 256 * 1024;
/** Content that is not finished expires after this time. */
const UNFINISHED_TTL_SECONDS = 3600;

/** Fails unless every part is there: some may have expired, or been evicted by a full Redis. */
const FINISH = `
if redis.call('HLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('PERSIST', KEYS[2])
return 1
`;

/** Keeps each blob as a hash of numbered parts. A blob that is being written has a temporary name. */
export class RedisBlobStore implements BlobStore {
  constructor(
    private readonly redis: RedisClient,
    private readonly keyPrefix = '',
  ) {}

  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    const unfinished = this.key('part', randomUUID());
    let bytes = 0;
    let count = 0;
    try {
      for await (const part of partsOf(content)) {
        await asking(this.redis.hset(unfinished, String(count++), part));
        await asking(this.redis.expire(unfinished, UNFINISHED_TTL_SECONDS));
        bytes += part.byteLength;
      }
      if (count === 0) await this.remove(id);
      else if ((await asking(this.redis.eval(FINISH, 2, unfinished, this.key('blob', id), count))) !== 1) throw lost();
      return bytes;
    } catch (error) {
      await this.redis.unlink(unfinished).catch(() => undefined); // it expires
      throw error;
    }
  }

  async *read(id: string): AsyncGenerator<Buffer> {
    for (let index = 0; ; index++) {
      const part = await asking(this.redis.hgetBuffer(this.key('blob', id), String(index)));
      if (part === null) return;
      yield part;
    }
  }

  async remove(id: string): Promise<void> {
    await asking(this.redis.unlink(this.key('blob', id)));
  }

  private key(name: 'blob' | 'part', id: string): string {
    return `${this.keyPrefix}${KEYS}${name}:${id}`;
  }
}

function lost(): ServiceError {
  return new ServiceError('unavailable', 'The Redis that keeps files has lost a part of this one; try again.', { retryAfterSeconds: 1 });
}

async function* partsOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    waiting.push(chunk);
    size += chunk.byteLength;
    if (size < PART_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}
