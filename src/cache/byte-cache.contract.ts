import type { ByteCache } from './byte-cache.port.js';

/** Tests that every ByteCache must pass; `open` returns an empty one. */
export function describeByteCache(name: string, open: () => Promise<ByteCache>): void {
  describe(`${name}, like every byte cache`, () => {
    let cache: ByteCache;

    beforeEach(async () => {
      cache = await open();
    });

    afterEach(async () => {
      await cache.close();
    });

    it('misses a key that was never stored', async () => {
      expect(await cache.getMany(['a', 'b'])).toEqual([undefined, undefined]);
    });

    it('returns values in the order of the keys, misses between them', async () => {
      await cache.setMany([entry('a', 1), entry('b', 2)]);
      expect(await cache.getMany(['b', 'c', 'a'])).toEqual([bytes(2), undefined, bytes(1)]);
    });

    it('returns a value at each place that its key has', async () => {
      await cache.setMany([entry('a', 1)]);
      expect(await cache.getMany(['a', 'b', 'a'])).toEqual([bytes(1), undefined, bytes(1)]);
    });

    it('returns every byte as it was', async () => {
      const all = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
      await cache.setMany([{ key: 'all', value: all }, entry('zeros', 0, 0, 0), entry('none')]);
      expect(await cache.getMany(['all', 'zeros', 'none'])).toEqual([all, bytes(0, 0, 0), bytes()]);
    });

    it('stores only the visible bytes of a view', async () => {
      await cache.setMany([{ key: 'view', value: bytes(1, 2, 3, 4, 5).subarray(1, 3) }]);
      expect([...((await cache.getMany(['view']))[0] ?? [])]).toEqual([2, 3]);
    });

    it('returns values that float32 numbers can be read from in place', async () => {
      await cache.setMany([entry('one', 9), { key: 'float', value: new Uint8Array(Float32Array.of(0, 0.5).buffer) }]);
      const [, value] = await cache.getMany(['one', 'float']);
      expect(new Float32Array(value?.buffer ?? new ArrayBuffer(0), value?.byteOffset, 2)).toEqual(Float32Array.of(0, 0.5));
    });

    it('keeps the newest value of a key', async () => {
      await cache.setMany([entry('a', 1)]);
      await cache.setMany([entry('a', 2)]);
      expect(await cache.getMany(['a'])).toEqual([bytes(2)]);
    });

    it('returns a value from memory at once, and nothing if it is elsewhere', async () => {
      await cache.setMany([entry('a', 1)]);
      expect([bytes(1), undefined]).toContainEqual(cache.getFromMemory('a'));
      expect(cache.getFromMemory('b')).toBeUndefined();
    });

    it('accepts empty lists', async () => {
      await cache.setMany([]);
      expect(await cache.getMany([])).toEqual([]);
      expect(await cache.deleteMany([])).toBe(0);
    });

    it('deletes keys, and reports how many were there', async () => {
      await cache.setMany([entry('a', 1), entry('b', 2), entry('c', 3)]);
      expect(await cache.deleteMany(['a', 'c', 'd', 'a'])).toBe(2);
      expect(await cache.getMany(['a', 'b', 'c'])).toEqual([undefined, bytes(2), undefined]);
    });

    it('deletes all entries, and reports their number', async () => {
      const entries = Array.from({ length: 2500 }, (_, index) => entry(`key ${index}`, index % 256));
      for (let from = 0; from < entries.length; from += 250) await cache.setMany(entries.slice(from, from + 250)); // each within every timeout
      expect(await cache.clear()).toBe(2500);
      expect(new Set(await cache.getMany(entries.map(({ key }) => key)))).toEqual(new Set([undefined]));
    });

    it('deletes only the keys that begin as asked, and reports their number', async () => {
      await cache.setMany([entry('one:a', 1), entry('two:a', 2), entry('one:b', 3), entry('on', 4)]);
      expect(await cache.clear('one:')).toBe(2);
      expect(await cache.getMany(['one:a', 'one:b', 'two:a', 'on'])).toEqual([undefined, undefined, bytes(2), bytes(4)]);
      expect(await cache.clear('one:')).toBe(0);
    });

    it('counts its entries', async () => {
      await cache.setMany([entry('a', 1), entry('b', 2)]);
      expect(await cache.size()).toMatchObject({ entries: 2 });
    });

    it('reports no fault', async () => {
      expect(await cache.findFault()).toBeUndefined();
    });
  });
}

export function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function entry(key: string, ...values: readonly number[]): { readonly key: string; readonly value: Uint8Array } {
  return { key, value: bytes(...values) };
}
