import * as fc from 'fast-check';
import { MemoryThrottlerStorage } from './memory-throttler-storage.js';
import { describeThrottlerStorage, type TimedThrottlerStorage } from './throttler-storage.contract.js';

const WINDOW_MS = 60_000;

interface TimedMemory extends TimedThrottlerStorage {
  readonly storage: MemoryThrottlerStorage;
}

function openMemory(): TimedMemory {
  let now = 0;
  return {
    storage: new MemoryThrottlerStorage(() => now),
    pass: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

describeThrottlerStorage('MemoryThrottlerStorage', openMemory);

describe('MemoryThrottlerStorage', () => {
  it('never says that a wait is longer than the window, at any fraction of a millisecond', async () => {
    const storage = new MemoryThrottlerStorage(() => 94_493.32847808009); // adding 120,000 and subtracting itself again gives more
    expect(await storage.increment('caller', 120_000, 1)).toMatchObject({ timeToExpire: 120 });
  });

  it('forgets callers who send no more calls', async () => {
    const memory = openMemory();
    const { storage } = memory;
    for (let caller = 0; caller < 1000; caller++) await storage.increment(`caller ${caller}`, WINDOW_MS, 10);
    await memory.pass(WINDOW_MS);
    for (let call = 0; call < 500; call++) await storage.increment('caller who stays', WINDOW_MS, 10);
    expect(storage.rememberedCallers).toBe(1);
  });

  it('remembers a hundred thousand callers and forgets the one seen longest ago for one more', async () => {
    const { storage } = openMemory();
    const passes = async (caller: string): Promise<boolean> => !(await storage.increment(caller, WINDOW_MS, 1)).isBlocked;
    for (let caller = 0; caller < 100_000; caller++) await passes(`caller ${caller}`);
    expect(await passes('caller 0')).toBe(false);
    await passes('one more');
    expect(storage.rememberedCallers).toBe(100_000);
    expect([await passes('caller 0'), await passes('caller 1')]).toEqual([false, true]);
  });

  it('decides like a list of all admitted calls', async () => {
    const calls = fc.array(fc.record({ caller: fc.constantFrom('a', 'b', 'c'), later: fc.integer({ min: 0, max: 90_000 }) }), {
      maxLength: 100,
    });
    await fc.assert(
      fc.asyncProperty(calls, fc.integer({ min: 1, max: 4 }), async (schedule, limit) => {
        const memory = openMemory();
        const { storage } = memory;
        const passed: { readonly caller: string; readonly at: number }[] = [];
        let now = 0;
        for (const { caller, later } of schedule) {
          const step = later % 3 === 0 ? 0 : later; // some come at the same time
          now += step;
          await memory.pass(step);
          const before = passed.filter((call) => call.caller === caller && call.at > now - WINDOW_MS).length;
          const { isBlocked, totalHits } = await storage.increment(caller, WINDOW_MS, limit);
          if (!isBlocked) passed.push({ caller, at: now });
          expect([isBlocked, totalHits]).toEqual([before >= limit, Math.min(before + 1, limit)]);
        }
      }),
      { seed: 20_264, numRuns: 200 },
    );
  });
});
