import type { TokenReservation, TokenStorage } from './token-storage.port.js';

/** An empty storage, and a way to let its time pass. */
export interface TimedTokenStorage {
  readonly storage: TokenStorage;
  /** A multiple of a slot, 600 ms. */
  pass(milliseconds: number): Promise<void>;
}

const WINDOW_MS = 60_000;

/** The contract of every token storage. */
export function describeTokenStorage(name: string, open: () => TimedTokenStorage): void {
  describe(`${name}, like every token storage`, () => {
    let timed: TimedTokenStorage;

    beforeEach(() => {
      timed = open();
    });

    async function reserve(tokens: number, { limit = 100, caller = 'caller' } = {}): Promise<TokenReservation> {
      return await timed.storage.reserve(caller, tokens, { tokens: limit, windowMs: WINDOW_MS });
    }

    async function fits(tokens: number): Promise<boolean> {
      return !(await reserve(tokens)).isRefused;
    }

    it('lets exactly the limit through of fifty requests at the same time', async () => {
      const results = await Promise.all(Array.from({ length: 50 }, () => fits(7)));
      expect(results.filter(Boolean)).toHaveLength(14);
    });

    it('counts the tokens that it admits, and not those that it refuses', async () => {
      const reservations = [await reserve(60), await reserve(41), await reserve(40), await reserve(1)];
      expect(reservations.map(({ isRefused, used }) => [isRefused, used])).toEqual([
        [false, 60],
        [true, 60],
        [false, 100],
        [true, 100],
      ]);
    });

    it('counts each caller separately', async () => {
      await reserve(100, { caller: 'one' });
      expect((await reserve(1, { caller: 'one' })).isRefused).toBe(true);
      expect((await reserve(100, { caller: 'other' })).isRefused).toBe(false);
    });

    it('lets tokens through again when enough of the oldest have left the window, and not before', async () => {
      await reserve(50);
      await timed.pass(30_000);
      await reserve(50);
      await timed.pass(29_400);
      expect(await fits(50)).toBe(false);
      await timed.pass(1_200);
      expect([await fits(51), await fits(50), await fits(1)]).toEqual([false, true, false]);
    });

    it('says in how many seconds the tokens would fit', async () => {
      await reserve(50);
      await timed.pass(30_000);
      await reserve(50);
      const [few, many] = [await reserve(50), await reserve(51)];
      expect(few.resetSeconds).toBeGreaterThanOrEqual(30);
      expect(few.resetSeconds).toBeLessThanOrEqual(31);
      expect(many.resetSeconds).toBeGreaterThanOrEqual(60);
      expect(many.resetSeconds).toBeLessThanOrEqual(61);
    });

    it('does not admit twice the limit where two fixed windows would meet', async () => {
      await timed.pass(50_400);
      expect(await fits(100)).toBe(true);
      await timed.pass(19_800);
      expect(await fits(1)).toBe(false);
    });

    it('takes back unused tokens, some or all', async () => {
      const reservation = await reserve(100);
      await reservation.giveBack(30);
      expect([await fits(31), await fits(30)]).toEqual([false, true]);
      await reservation.giveBack(70);
      expect([await fits(71), await fits(70)]).toEqual([false, true]);
    });

    it('holds the limit for a caller who comes back after a long time', async () => {
      await reserve(100);
      await timed.pass(10 * WINDOW_MS);
      expect([await fits(100), await fits(1)]).toEqual([true, false]);
    });
  });
}
