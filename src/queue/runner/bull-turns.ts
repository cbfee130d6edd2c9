import type { Queue } from 'bull';
import type { ChunkRef } from '../job.js';

/**
 * Start-time fair queueing: each chunk gets a number, by which Bull sorts what waits. An account's numbers go up by one from
 * chunk to chunk, and begin one before the number of the chunk that was started last in the whole queue. So the chunks of two
 * accounts alternate, however many chunks one of them has in line, and an account that had none begins at once: the chunk that
 * it is ahead makes up for the chunks that were being worked on when it came.
 *
 * Keys: the last number of each account, the number started last, then the chunks as Bull keeps them; a chunk that is in the
 * queue already gets 0.
 */
const ASSIGN = `
local started = tonumber(redis.call('GET', KEYS[2]) or '1')
local last = math.max(tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0'), started - 2)
local turns = {}
for i = 3, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    table.insert(turns, 0)
  else
    last = last + 1
    table.insert(turns, last)
  end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', last))
return turns
`;

const START = `
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
`;

/** The turns of accounts in a queue of Bull; kept in its Redis, for all processes. */
export class BullTurns {
  constructor(private readonly queue: Queue<ChunkRef>) {}

  /** The number of each chunk of an account, for Bull's `priority`; 0 = the chunk is in the queue already. */
  async assign(account: string, names: readonly string[]): Promise<readonly number[]> {
    const keys = [this.key('turns'), this.key('turn'), ...names.map((name) => this.queue.toKey(name))];
    return (await this.queue.client.eval(ASSIGN, keys.length, ...keys, account)) as number[];
  }

  /** A chunk with this number has been started. */
  async started(turn: number): Promise<void> {
    await this.queue.client.eval(START, 1, this.key('turn'), turn);
  }

  private key(name: string): string {
    return this.queue.toKey(`fair:${name}`);
  }
}
