import { NO_USE, type DayUse, type UsageStore } from './usage-store.port.js';

export interface OpenedUsageStore {
  readonly store: UsageStore;
  /** Another process's view of the same store. */
  readonly other: UsageStore;
  close(): Promise<void>;
}

function use(day: string, name: string, counts: Partial<DayUse>): DayUse {
  return { day, name, ...NO_USE, ...counts };
}

/** The contract of every UsageStore; `open` gives an empty one. */
export function describeUsageStore(name: string, open: () => Promise<OpenedUsageStore>): void {
  describe(`${name}, like every usage store`, () => {
    let opened: OpenedUsageStore;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(async () => {
      await opened.close();
    });

    it('sums what several processes count of a key on a day', async () => {
      const { store, other } = opened;
      const counts = { requests: 3, refused: 1, texts: 40, tokens: 5_000_000_000, jobTexts: 7 };
      await store.add({ id: 'a', rows: [use('2026-11-30', 'search', counts), use('2026-11-30', 'other', { requests: 1 })] });
      await other.add({ id: 'b', rows: [use('2026-11-30', 'search', counts)] });
      expect(await store.read(['2026-11-30'])).toEqual([
        use('2026-11-30', 'other', { requests: 1 }),
        use('2026-11-30', 'search', { requests: 6, refused: 2, texts: 80, tokens: 10_000_000_000, jobTexts: 14 }),
      ]);
      expect(await other.read(['2026-11-30'])).toEqual(await store.read(['2026-11-30']));
    });

    it('returns only the days that are asked for, in their order', async () => {
      const { store } = opened;
      await store.add({ id: 'a', rows: ['2026-12-01', '2026-11-29', '2026-11-30'].map((day) => use(day, 'search', { requests: 1 })) });
      const days = (await store.read(['2026-11-30', '2026-11-29', '2026-11-01'])).map(({ day }) => day);
      expect(days).toEqual(['2026-11-29', '2026-11-30']);
    });

    it('counts a batch once, even if it is sent again', async () => {
      const batch = { id: 'a', rows: [use('2026-11-30', 'search', { requests: 1 })] };
      await opened.store.add(batch);
      await opened.store.add(batch);
      expect(await opened.store.read(['2026-11-30'])).toEqual(batch.rows);
    });
  });
}
