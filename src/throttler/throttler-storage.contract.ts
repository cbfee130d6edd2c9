import type { ThrottlerStorage } from '@nestjs/throttler';

/** An empty storage, and a way to let its time pass. */
export interface TimedThrottlerStorage {
  readonly storage: ThrottlerStorage;
  pass(milliseconds: number): Promise<void>;
}

const WINDOW_MS = 60_000;

/** The contract of every throttler storage. */
export function describeThrottlerStorage(name: string, open: () => TimedThrottlerStorage): void {
  describe(`${name}, like every throttler storage`, () => {
    let timed: TimedThrottlerStorage;

    beforeEach(() => {
      timed = open();
    });

    async function call(limit: number, key = 'caller'): ReturnType<ThrottlerStorage['increment']> {
      return await timed.storage.increment(key, WINDOW_MS, limit, WINDOW_MS, 'default');
    }

    async function passes(limit: number, key?: string): Promise<boolean> {
      return !(await call(limit, key)).isBlocked;
    }

    it('lets exactly the limit through of fifty calls at the same time', async () => {
      const results = await Promise.all(Array.from({ length: 50 }, () => passes(20)));
      expect(results.filter(Boolean)).toHaveLength(20);
    });

    it('counts up to the limit and stays there', async () => {
      const records = [await call(2), await call(2), await call(2), await call(2)];
      expect(records.map(({ totalHits, isBlocked }) => [totalHits, isBlocked])).toEqual([
        [1, false],
        [2, false],
        [2, true],
        [2, true],
      ]);
    });

    it('counts each caller separately', async () => {
      await call(1, 'one');
      expect([await passes(1, 'one'), await passes(1, 'other')]).toEqual([false, true]);
    });

    it('says in how many seconds the oldest call leaves the window', async () => {
      await call(2);
      await timed.pass(20_500);
      const second = await call(2);
      await timed.pass(20_000);
      const refused = await call(2);
      expect(second).toMatchObject({ timeToExpire: 40, timeToBlockExpire: 0 });
      expect(refused).toMatchObject({ timeToExpire: 20, timeToBlockExpire: 20 });
    });

    it('lets a call through again as soon as the oldest has left the window', async () => {
      await call(1);
      await timed.pass(WINDOW_MS - 1_000);
      expect(await passes(1)).toBe(false);
      await timed.pass(1_000);
      expect(await passes(1)).toBe(true);
    });

    it('does not admit twice the limit where two fixed windows would meet', async () => {
      await timed.pass(50_000);
      expect([await passes(2), await passes(2)]).toEqual([true, true]);
      await timed.pass(20_000);
      expect([await passes(2), await passes(2)]).toEqual([false, false]);
    });

    it('frees one place for each call that leaves, not all at once', async () => {
      await call(2);
      await timed.pass(30_000);
      await call(2);
      await timed.pass(30_000);
      expect([await passes(2), await passes(2)]).toEqual([true, false]);
    });

    it('does not count the calls that it refuses', async () => {
      await call(1);
      await timed.pass(WINDOW_MS - 10_000);
      for (let refused = 0; refused < 5; refused++) await call(1);
      await timed.pass(10_000);
      expect(await passes(1)).toBe(true);
    });

    it('holds the limit for a caller who comes back after a long time', async () => {
      await call(2);
      await timed.pass(10 * WINDOW_MS);
      expect([await passes(2), await passes(2), await passes(2)]).toEqual([true, true, false]);
    });

    it('applies a limit that is lower than the number of admitted calls', async () => {
      await call(3);
      await call(3);
      expect(await passes(1)).toBe(false);
    });
  });
}
