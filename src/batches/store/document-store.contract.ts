import type { DocumentPage, DocumentStore } from './document-store.port.js';

/** The contract of every DocumentStore; `open` gives an empty one. */
export function describeDocumentStore(name: string, open: () => Promise<DocumentStore>): void {
  describe(`${name}, like every document store`, () => {
    let store: DocumentStore;

    beforeEach(async () => {
      store = await open();
    });

    afterEach(async () => {
      await store.close();
    });

    it('returns a stored document with its version, and no other', async () => {
      expect(await store.put('file', 'a', { text: 'caf\u00e9', n: 1 }, 0)).toBe(true);
      expect(await store.get('file', 'a')).toEqual({ id: 'a', version: 1, value: { text: 'caf\u00e9', n: 1 } });
      expect(await store.get('file', 'b')).toBeUndefined();
      expect(await store.get('batch', 'a')).toBeUndefined();
    });

    it('changes a document only if the given version is the newest', async () => {
      await store.put('file', 'a', { n: 1 }, 0);
      expect(await store.put('file', 'a', { n: 2 }, 0)).toBe(false);
      expect(await store.put('file', 'a', { n: 3 }, 1)).toBe(true);
      expect(await store.put('file', 'a', { n: 4 }, 1)).toBe(false);
      expect(await store.put('file', 'b', { n: 5 }, 1)).toBe(false);
      expect(await store.get('file', 'a')).toEqual({ id: 'a', version: 2, value: { n: 3 } });
    });

    it('lets exactly one of many simultaneous changes succeed', async () => {
      await store.put('file', 'a', { n: 0 }, 0);
      const outcomes = await Promise.all(Array.from({ length: 20 }, async (_, n) => await store.put('file', 'a', { n }, 1)));
      expect(outcomes.filter((changed) => changed)).toHaveLength(1);
    });

    it('lists a kind in both orders, a page at a time', async () => {
      for (const id of ['c', 'a', 'e', 'b', 'd']) await store.put('file', id, { id }, 0);
      await store.put('batch', 'aa', {}, 0);
      await store.put('filed', 'x', {}, 0);
      const ids = async (order: 'ascending' | 'descending', after?: string): Promise<readonly string[]> =>
        (await store.list({ kind: 'file', order, after, limit: 2 })).map(({ id }) => id);
      expect([await ids('ascending'), await ids('ascending', 'b'), await ids('ascending', 'dd')]).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
      expect([await ids('descending'), await ids('descending', 'd'), await ids('descending', 'a')]).toEqual([['e', 'd'], ['c', 'b'], []]);
    });

    it('lists the documents of one owner in both orders, a page at a time', async () => {
      for (const id of ['c', 'a', 'e', 'b', 'd']) {
        await store.put('file', `${id}-mine`, { owner: 'me' }, 0);
        await store.put('file', `${id}-other`, { owner: 'me.too' }, 0);
        await store.put('file', `${id}-nobody`, { owner: '' }, 0);
      }
      await store.put('file', 'b-mine', { owner: 'me' }, 1);
      await store.remove('file', 'd-mine');
      const list = async (page: Partial<DocumentPage>): Promise<readonly string[]> =>
        (await store.list({ kind: 'file', owner: 'me', order: 'ascending', limit: 3, ...page })).map(({ id }) => id);
      expect([await list({}), await list({ after: 'c-mine' })]).toEqual([['a-mine', 'b-mine', 'c-mine'], ['e-mine']]);
      const descending = { order: 'descending' } as const;
      expect([await list(descending), await list({ ...descending, after: 'b-mine' })]).toEqual([
        ['e-mine', 'c-mine', 'b-mine'],
        ['a-mine'],
      ]);
      expect([await list({ owner: '', limit: 1 }), await list({ owner: 'm' })]).toEqual([['a-nobody'], []]);
    });

    it('removes a document, and reports whether it was there', async () => {
      await store.put('file', 'a', {}, 0);
      expect([await store.remove('file', 'a'), await store.remove('file', 'a')]).toEqual([true, false]);
      expect(await store.list({ kind: 'file', order: 'ascending', limit: 10 })).toEqual([]);
      expect(await store.put('file', 'a', { n: 2 }, 0)).toBe(true);
    });
  });
}
