import * as fc from 'fast-check';
import { MemoryTokenStorage } from './memory-token-storage.js';
import { describeTokenStorage, type TimedTokenStorage } from './token-storage.contract.js';

const WINDOW_MS = 60_000;
const SLOT_MS = 600;

function openMemory(): TimedTokenStorage & { readonly storage: MemoryTokenStorage } {
  let now = 0;
  return {
    storage: new MemoryTokenStorage(() => now),
    pass: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

describeTokenStorage('MemoryTokenStorage', openMemory);

describe('MemoryTokenStorage', () => {
  it('gives back no tokens that have left the window', async () => {
    const memory = openMemory();
    const { storage } = memory;
    const limit = { tokens: 100, windowMs: WINDOW_MS };
    const reservation = storage.reserveNow('caller', 100, limit);
    await memory.pass(2 * WINDOW_MS);
    storage.reserveNow('caller', 100, limit);
    await reservation.giveBack(100);
    expect(storage.reserveNow('caller', 1, limit)).toMatchObject({ isRefused: true, used: 100 });
  });

  it('never admits more than the limit in any window, and refuses only tokens that would not fit without slots either', async () => {
    const requests = fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 60 }), later: fc.integer({ min: 0, max: 20_000 }) }), {
      maxLength: 100,
    });
    await fc.assert(
      fc.asyncProperty(requests, async (schedule) => {
        const memory = openMemory();
        const passed: { readonly tokens: number; readonly at: number }[] = [];
        const usedSince = (since: number) => passed.filter(({ at }) => at > since).reduce((sum, { tokens }) => sum + tokens, 0);
        let now = 0;
        for (const { tokens, later } of schedule) {
          now += later;
          await memory.pass(later);
          const { isRefused } = memory.storage.reserveNow('caller', tokens, { tokens: 100, windowMs: WINDOW_MS });
          const fits = usedSince(now - WINDOW_MS) + tokens <= 100;
          const fitsForCertain = usedSince(now - WINDOW_MS - SLOT_MS) + tokens <= 100;
          expect(isRefused ? fitsForCertain : !fits).toBe(false);
          if (!isRefused) passed.push({ tokens, at: now });
        }
      }),
      { seed: 20_265, numRuns: 200 },
    );
  });
});
