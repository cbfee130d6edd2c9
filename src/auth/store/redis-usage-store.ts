import type { RedisClient } from '../../redis/index.js';
import { KEYS } from './redis-key-store.js';
import { asking } from './store-errors.js';
import { COUNTED, KEPT_DAYS, NO_USE, type DayUse, type UsageBatch, type UsageCounts, type UsageStore } from './usage-store.port.js';

/** Longer than any process sends a batch again. */
const BATCH_TTL_SECONDS = 3_600;
const DAY_MS = 86_400_000;

/** KEYS: the batch, then a hash for each day. ARGV: the life of the batch and of the days, then day, field and amount of each count. */
const ADD = `
  if not redis.call('set', KEYS[1], 1, 'NX', 'EX', ARGV[1]) then return 0 end
  for at = 3, #ARGV, 3 do redis.call('hincrby', KEYS[tonumber(ARGV[at]) + 1], ARGV[at + 1], ARGV[at + 2]) end
  for at = 2, #KEYS do redis.call('expire', KEYS[at], ARGV[2]) end
  return 1`;

/** The counts of keys in Redis, in a hash for each day, which expires by itself. */
export class RedisUsageStore implements UsageStore {
  /** The caller closes the client. */
  constructor(
    private readonly redis: RedisClient,
    private readonly keyPrefix = '',
  ) {}

  async add({ id, rows }: UsageBatch): Promise<void> {
    const days = [...new Set(rows.map(({ day }) => day))];
    const counts = rows.flatMap((row) =>
      COUNTED.filter((name) => row[name] > 0).flatMap((name) => [days.indexOf(row.day) + 1, `${row.name}:${name}`, row[name]]),
    );
    const keys = [this.key(`batch:${id}`), ...days.map((day) => this.keyOfDay(day))];
    const daySeconds = ((KEPT_DAYS + 1) * DAY_MS) / 1000;
    await asking(this.redis.eval(ADD, keys.length, ...keys, BATCH_TTL_SECONDS, daySeconds, ...counts));
  }

  async read(days: readonly string[]): Promise<readonly DayUse[]> {
    const sorted = [...days].sort();
    const stored = await asking(Promise.all(sorted.map(async (day) => await this.redis.hgetall(this.keyOfDay(day)))));
    return stored.flatMap((fields, index) => rowsOf(sorted[index] ?? '', fields));
  }

  async forgetBefore(): Promise<void> {
    // each day expires by itself
  }

  private keyOfDay(day: string): string {
    return this.key(`day:${day}`);
  }

  private key(name: string): string {
    return `${this.keyPrefix}${KEYS}usage:${name}`;
  }
}

function rowsOf(day: string, fields: Readonly<Record<string, string>>): readonly DayUse[] {
  const byName = new Map<string, UsageCounts>();
  for (const [field, amount] of Object.entries(fields)) {
    const [name = '', counted = ''] = field.split(':');
    byName.set(name, { ...(byName.get(name) ?? NO_USE), [counted]: Number(amount) });
  }
  const rows = Array.from(byName, ([name, counts]): DayUse => ({ day, name, ...counts }));
  return rows.sort((left, right) => (left.name < right.name ? -1 : 1));
}
