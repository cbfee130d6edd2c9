import { Logger } from '@nestjs/common';
import { KeyDirectory } from './key-directory.js';
import { KeyUsage } from './key-usage.js';
import type { DayUse, UsageBatch, UsageStore } from './store/usage-store.port.js';
import { UsageHistory } from './usage-history.js';

const KEY = { name: 'search', role: 'client', requests: undefined, tokens: undefined } as const;
const MIDNIGHT = Date.parse('2026-12-01T00:00:00Z');

/** Remembers what arrives, and may lose its answer. */
class FakeUsageStore implements UsageStore {
  readonly batches: UsageBatch[] = [];
  losesAnswers = false;
  forgotten = '';

  add(batch: UsageBatch): Promise<void> {
    this.batches.push(batch);
    return this.losesAnswers ? Promise.reject(new Error('no answer')) : Promise.resolve();
  }

  read(days: readonly string[]): Promise<readonly DayUse[]> {
    return Promise.resolve(this.batches.flatMap(({ rows }) => rows).filter(({ day }) => days.includes(day)));
  }

  forgetBefore(day: string): Promise<void> {
    this.forgotten = day;
    return Promise.resolve();
  }
}

let store: FakeUsageStore;
let usage: KeyUsage;
let history: UsageHistory;

beforeEach(() => {
  Logger.overrideLogger(false);
  jest.useFakeTimers({ now: MIDNIGHT - 1 });
  store = new FakeUsageStore();
  usage = new KeyUsage(new KeyDirectory({ apiKeys: [], keysFile: undefined, adminKey: undefined, store: undefined }));
  history = new UsageHistory(usage, store, () => Date.now());
});

afterEach(() => {
  jest.useRealTimers();
});

function requestsOf({ rows }: UsageBatch): readonly (readonly [day: string, requests: number])[] {
  return rows.map(({ day, requests }) => [day, requests]);
}

describe('UsageHistory', () => {
  it('stores the counts of each day under its date in UTC', async () => {
    usage.requested(KEY);
    jest.setSystemTime(MIDNIGHT);
    usage.requested(KEY);
    usage.requested(KEY);
    await history.close();
    expect(store.batches.map(requestsOf)).toEqual([
      [
        ['2026-11-30', 1],
        ['2026-12-01', 2],
      ],
    ]);
  });

  it('sends a batch whose answer was lost again under its id, and later counts in another', async () => {
    usage.requested(KEY);
    store.losesAnswers = true;
    await history.read(1);
    store.losesAnswers = false;
    usage.requested(KEY);
    await history.close();
    const [first, again, next] = store.batches;
    expect(again).toEqual(first);
    expect([next?.id === first?.id, store.batches.map(requestsOf)]).toEqual([
      false,
      [[['2026-11-30', 1]], [['2026-11-30', 1]], [['2026-11-30', 1]]],
    ]);
  });

  it('writes nothing if nothing was counted', async () => {
    await history.close();
    expect(store.batches).toEqual([]);
  });

  it('forgets what is older than a hundred days', async () => {
    await history.read(1);
    expect(store.forgotten).toBe('2026-08-23');
    jest.setSystemTime(MIDNIGHT);
    await history.read(1);
    expect(store.forgotten).toBe('2026-08-24');
  });
});
