import { randomUUID } from 'node:crypto';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { RedisClient } from '../redis/index.js';
import type { CallRecord } from './call-storage.port.js';

const KEY = 'embedding:ratelimit:';

/**
 * A sorted set of the times of the calls that were let through. One script counts and adds in one step for all processes. It
 * takes the time from Redis, so the clocks of the processes need not agree. When that clock steps back (a replica whose clock
 * is behind takes over), the stored times lie ahead: they move back by as much, so a caller waits for one window at most.
 */
const SLIDING_WINDOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local newest = tonumber(redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2] or now)
if newest > now then
  for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('ZINCRBY', KEYS[1], now - newest, member) end
  redis.call('PEXPIRE', KEYS[1], window)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local count = redis.call('ZCARD', KEYS[1])
local blocked = count >= limit
if not blocked then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  count = count + 1
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
return { blocked and 1 or 0, count, oldest + window - now }
`;

interface SlidingWindowScript {
  slidingWindow(
    key: string,
    windowMs: number,
    limit: number,
    member: string,
  ): Promise<[blocked: number, count: number, msUntilNext: number]>;
}

/** Rejects when Redis does not answer or refuses. */
export class RedisThrottlerStorage implements ThrottlerStorage {
  private readonly redis: RedisClient & SlidingWindowScript;
  private readonly process = randomUUID();
  private calls = 0;

  constructor(
    redis: RedisClient,
    private readonly keyPrefix = '',
  ) {
    redis.defineCommand('slidingWindow', { numberOfKeys: 1, lua: SLIDING_WINDOW });
    this.redis = redis as RedisClient & SlidingWindowScript;
  }

  async increment(key: string, windowMs: number, limit: number): Promise<CallRecord> {
    const member = `${this.process}:${++this.calls}`;
    const [blocked, totalHits, msUntilNext] = await this.redis.slidingWindow(this.keyPrefix + KEY + key, windowMs, limit, member);
    const seconds = Math.max(1, Math.ceil(msUntilNext / 1000));
    const isBlocked = blocked === 1;
    return { totalHits, timeToExpire: seconds, isBlocked, timeToBlockExpire: isBlocked ? seconds : 0 };
  }

  close(): void {
    this.redis.disconnect();
  }
}
