import type { RedisClient } from '../../redis/index.js';
import { SLOTS, type TokenLimit, type TokenReservation, type TokenStorage } from './token-storage.port.js';

const KEY = 'embedding:tokenlimit:';

/**
 * A hash: the tokens of each slot, their sum, the first slot that may have tokens, and the last. One script decides and counts in
 * one step for all processes. It takes the time from Redis. When that clock steps back, the stored slots lie ahead: they move
 * back by as much, so a caller waits for one window at most. Keys of older versions have no last slot until they are used.
 */
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, limit, tokens, slots = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local slotMs = window / slots
local slot = math.ceil(now / slotMs)
local last = math.floor((now - window) / slotMs)
local function of(name) return tonumber(redis.call('HGET', KEYS[1], name) or 0) end

local used, first = of('used'), of('first')
if first == 0 then first = slot end
local ahead = of('last') - slot
if ahead > 0 then
  for old = first, of('last') do
    local there = redis.call('HGET', KEYS[1], old)
    redis.call('HDEL', KEYS[1], old)
    if there then redis.call('HSET', KEYS[1], old - ahead, there) end
  end
  first = first - ahead
  redis.call('PEXPIRE', KEYS[1], window + slotMs)
end
for old = first, last do
  local there = of(old)
  if there > 0 then used = used - there end
  redis.call('HDEL', KEYS[1], old)
end
first = math.max(first, last + 1)

local refused = used + tokens > limit
local leaving = 1
if refused then
  leaving = used + tokens - limit
else
  redis.call('HINCRBY', KEYS[1], slot, tokens)
  used = used + tokens
  redis.call('HSET', KEYS[1], 'last', slot)
  redis.call('PEXPIRE', KEYS[1], window + slotMs)
end
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'used', used, 'first', first) end

local freed = 0
for old = first, slot do
  freed = freed + of(old)
  if freed >= leaving then return { refused and 1 or 0, used, old * slotMs + window - now, slot } end
end
return { refused and 1 or 0, used, 0, slot }
`;

const GIVE_BACK = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[1], ARGV[1], -ARGV[2])
  redis.call('HINCRBY', KEYS[1], 'used', -ARGV[2])
end
`;

interface TokenScripts {
  reserveTokens(
    key: string,
    windowMs: number,
    limit: number,
    tokens: number,
    slots: number,
  ): Promise<[refused: number, used: number, msUntilReset: number, slot: number]>;
  giveTokensBack(key: string, slot: number, tokens: number): Promise<null>;
}

/** The tokens of all processes together. Rejects when Redis does not answer or refuses. Does not own its connection. */
export class RedisTokenStorage implements TokenStorage {
  private readonly redis: RedisClient & TokenScripts;

  constructor(
    redis: RedisClient,
    private readonly keyPrefix = '',
  ) {
    redis.defineCommand('reserveTokens', { numberOfKeys: 1, lua: RESERVE });
    redis.defineCommand('giveTokensBack', { numberOfKeys: 1, lua: GIVE_BACK });
    this.redis = redis as RedisClient & TokenScripts;
  }

  async reserve(caller: string, tokens: number, limit: TokenLimit): Promise<TokenReservation> {
    const key = this.keyPrefix + KEY + caller;
    const [refused, used, msUntilReset, slot] = await this.redis.reserveTokens(key, limit.windowMs, limit.tokens, tokens, SLOTS);
    return {
      isRefused: refused === 1,
      used,
      resetSeconds: Math.max(1, Math.ceil(msUntilReset / 1000)),
      giveBack: async (returned) => void (await this.redis.giveTokensBack(key, slot, returned)),
    };
  }

  close(): void {
    // its connection has an owner
  }
}
