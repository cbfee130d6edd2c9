import type { RedisClient } from '../../redis/index.js';
import type { KeyStore, StoredKey, StoredKeys } from './key-store.port.js';
import { asking } from './store-errors.js';

/** The braces keep all keys of these stores in one slot of a cluster. */
export const KEYS = 'embedding:{keys}:';

const READ = `return {redis.call('get', KEYS[2]) or '0', redis.call('hvals', KEYS[1])}`;

/** ARGV: the expected version, the time, the name, and the new value, '' = remove. */
const CHANGE = `
  local version = tonumber(redis.call('get', KEYS[2]) or '0')
  if version ~= tonumber(ARGV[1]) then return 0 end
  if ARGV[4] == '' then redis.call('hdel', KEYS[1], ARGV[3]) else redis.call('hset', KEYS[1], ARGV[3], ARGV[4]) end
  redis.call('set', KEYS[2], string.format('%.0f', math.max(version + 1, tonumber(ARGV[2]))))
  return 1`;

/** Keys in Redis: a hash of JSON by name, and the version. */
export class RedisKeyStore implements KeyStore {
  private readonly stored: string;
  private readonly versionKey: string;

  /** @param now Milliseconds since the epoch. The caller closes the client. */
  constructor(
    private readonly redis: RedisClient,
    keyPrefix = '',
    private readonly now: () => number = Date.now,
  ) {
    this.stored = `${keyPrefix}${KEYS}stored`;
    this.versionKey = `${keyPrefix}${KEYS}version`;
  }

  async version(): Promise<number> {
    return Number((await asking(this.redis.get(this.versionKey))) ?? 0);
  }

  async read(): Promise<StoredKeys> {
    const [version, values] = (await asking(this.redis.eval(READ, 2, this.stored, this.versionKey))) as [string, string[]];
    const keys = values.map((value) => JSON.parse(value) as StoredKey);
    return { version: Number(version), keys: keys.sort((left, right) => (left.name < right.name ? -1 : 1)) };
  }

  async put(key: StoredKey, version: number): Promise<boolean> {
    return await this.change(version, key.name, JSON.stringify(key));
  }

  async remove(name: string, version: number): Promise<boolean> {
    return await this.change(version, name, '');
  }

  private async change(version: number, name: string, value: string): Promise<boolean> {
    return (await asking(this.redis.eval(CHANGE, 2, this.stored, this.versionKey, version, this.now(), name, value))) === 1;
  }
}
