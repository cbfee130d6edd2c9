import * as fc from 'fast-check';
import { bytes, describeByteCache, entry } from './byte-cache.contract.js';
import { MemoryByteCache } from './memory-byte-cache.js';

const TTL_MS = 60_000;
const KIB = 1024;
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

describeByteCache('MemoryByteCache', () => Promise.resolve(new MemoryByteCache({ maxBytes: 4096 * KIB, ttlMs: TTL_MS })));

class Clock {
  time = 1;
  readonly now = (): number => this.time;
}

function ofSize(key: string, size: number): { readonly key: string; readonly value: Uint8Array } {
  return { key, value: new Uint8Array(size) };
}

async function present(cache: MemoryByteCache, ...keys: readonly string[]): Promise<readonly string[]> {
  const values = await cache.getMany(keys);
  return keys.filter((_, index) => values[index] !== undefined);
}

describe('MemoryByteCache', () => {
  it('keeps a value until it expires', async () => {
    const clock = new Clock();
    const cache = new MemoryByteCache({ maxBytes: 64 * KIB, ttlMs: TTL_MS, now: clock.now });
    await cache.setMany([entry('a', 1)]);
    clock.time += TTL_MS;
    expect(cache.getFromMemory('a')).toEqual(bytes(1));
    clock.time += 1;
    expect(cache.getFromMemory('a')).toBeUndefined();
  });

  it('restarts the time of a value when it is stored again, not when it is read', async () => {
    const clock = new Clock();
    const cache = new MemoryByteCache({ maxBytes: 64 * KIB, ttlMs: TTL_MS, now: clock.now });
    await cache.setMany([entry('read', 1), entry('stored', 1)]);
    clock.time += TTL_MS / 2;
    await cache.getMany(['read']);
    await cache.setMany([entry('stored', 2)]);
    clock.time += TTL_MS / 2 + 1;
    expect(await present(cache, 'read', 'stored')).toEqual(['stored']);
  });

  it('does not count expired entries as deleted', async () => {
    const clock = new Clock();
    const cache = new MemoryByteCache({ maxBytes: 64 * KIB, ttlMs: TTL_MS, now: clock.now });
    await cache.setMany([entry('a', 1), entry('b', 1)]);
    clock.time += TTL_MS + 1;
    expect(await cache.deleteMany(['a'])).toBe(0);
    expect(await cache.clear()).toBe(0);
  });

  it('deletes the least recently used value when its bytes run out', async () => {
    const cache = new MemoryByteCache({ maxBytes: 10 * KIB, ttlMs: TTL_MS });
    await cache.setMany([ofSize('oldest', 4 * KIB), ofSize('read', 4 * KIB)]);
    await cache.getMany(['oldest', 'read']);
    await cache.getMany(['oldest']);
    await cache.setMany([ofSize('new', 4 * KIB)]);
    expect(await present(cache, 'oldest', 'read', 'new')).toEqual(['oldest', 'new']);
  });

  it('does not keep a value that is larger than the cache, and deletes no other values for it', async () => {
    const cache = new MemoryByteCache({ maxBytes: 10 * KIB, ttlMs: TTL_MS });
    await cache.setMany([entry('small', 1), ofSize('large', 11 * KIB)]);
    expect(await present(cache, 'small', 'large')).toEqual(['small']);
  });

  it('never holds more bytes than its limit, and at least as many as its values have', async () => {
    const writes = fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.integer({ min: 0, max: 6 * KIB })), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(writes, async (values) => {
        const cache = new MemoryByteCache({ maxBytes: 10 * KIB, ttlMs: TTL_MS });
        for (const [key, size] of values) await cache.setMany([ofSize(key, size)]);
        const held = await cache.getMany(KEYS);
        const { memoryBytes } = await cache.size();
        expect(memoryBytes).toBeLessThanOrEqual(10 * KIB);
        expect(memoryBytes).toBeGreaterThanOrEqual(held.reduce((sum, value) => sum + (value?.byteLength ?? 0), 0));
      }),
      { seed: 20_263, numRuns: 100 },
    );
  });
});
