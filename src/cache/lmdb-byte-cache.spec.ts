import { openSync, closeSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compilePrograms } from '../../test/support/compile-programs.js';
import { eventually } from '../../test/support/eventually.js';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { bytes, describeByteCache, entry } from './byte-cache.contract.js';
import { FakeCacheObserver } from './cache-observer.fake.js';
import { openDiskFile } from './disk/disk-file.js';
import { DiskWriter } from './disk/disk-writer.js';
import { LmdbByteCache } from './lmdb-byte-cache.js';

const MIB = 1024 * 1024;
const TTL_MS = 3_600_000;
const LIMITS = { maxBytes: 64 * MIB, ttlMs: TTL_MS };

const writerProgram = new URL(
  'disk-writer-thread.js',
  compilePrograms(join(__dirname, 'disk'), [join(__dirname, '../lmdb'), join(__dirname, '../link'), join(__dirname, '../errors')]),
);

function openCache(folder = temporaryFolder(), observer = new FakeCacheObserver()): LmdbByteCache {
  return LmdbByteCache.open({ folder, ...LIMITS, writerProgram }, observer);
}

/** A folder in which another process stored `a` at this time. */
async function folderWithA(time = Date.now()): Promise<string> {
  const folder = temporaryFolder();
  const file = openDiskFile(folder);
  new DiskWriter(
    file,
    LIMITS,
    () => undefined,
    () => time,
  ).put([entry('a', 1, 2, 3, 4, 5, 6, 7, 8)]);
  await file.root.close();
  return folder;
}

function fileIn(folder: string): string {
  return join(folder, 'vectors-1.lmdb');
}

describeByteCache('LmdbByteCache', () => Promise.resolve(openCache()));

describe('LmdbByteCache', () => {
  it('keeps its entries when it is closed and opened again', async () => {
    const folder = temporaryFolder();
    const before = openCache(folder);
    await before.setMany([entry('a', 1), entry('b', 2)]);
    await before.close();

    const after = openCache(folder);
    expect(await after.getMany(['b', 'a', 'c'])).toEqual([bytes(2), bytes(1), undefined]);
    expect(await after.size()).toEqual({ entries: 2, areShared: true, memoryBytes: 0 });
    await after.close();
  });

  it('stores without waiting for the disk', async () => {
    const cache = openCache();
    const stored = cache.setMany([entry('a', 1)]);
    expect(cache.getFromMemory('a')).toEqual(bytes(1));
    await stored;
    await eventually('the write', () => Promise.resolve(cache.getFromMemory('a') === undefined));
    expect(await cache.getMany(['a'])).toEqual([bytes(1)]);
    await cache.close();
  });

  it('deletes an entry that is being written at the same time', async () => {
    const cache = openCache();
    const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`);
    await cache.setMany(keys.map((key) => entry(key, 1)));
    expect(await cache.deleteMany(keys)).toBe(300);
    expect(new Set(await cache.getMany(keys))).toEqual(new Set([undefined]));
    await cache.close();
  });

  it('misses an entry that is older than its time to live', async () => {
    const cache = openCache(await folderWithA(Date.now() - TTL_MS - 1));
    expect(await cache.getMany(['a'])).toEqual([undefined]);
    expect(await cache.deleteMany(['a'])).toBe(0);
    await cache.close();
  });

  it('drops entries that it cannot write in time, and reports it', async () => {
    const observer = new FakeCacheObserver();
    const cache = openCache(temporaryFolder(), observer);
    const many = Array.from({ length: 5000 }, (_, index) => entry(`key ${index}`, 1));
    await cache.setMany(many);
    await cache.setMany(many.map(({ key, value }) => ({ key: `other ${key}`, value })));
    expect(observer.failures).toEqual(['disk write']);
    expect(await cache.getMany(['other key 1'])).toEqual([undefined]);
    await cache.close();
  });

  it('misses a value with a changed bit on the disk, and reports it', async () => {
    const folder = await folderWithA();
    const at = readFileSync(fileIn(folder)).indexOf(bytes(1, 2, 3, 4, 5, 6, 7, 8));
    const file = openSync(fileIn(folder), 'r+');
    writeSync(file, bytes(1 + 128), 0, 1, at);
    closeSync(file);

    const observer = new FakeCacheObserver();
    const cache = openCache(folder, observer);
    expect(await cache.getMany(['a'])).toEqual([undefined]);
    expect(observer.failures).toEqual(['disk read']);
    await cache.close();
  });

  it.each(['x', 'nothing that LMDB wrote '.repeat(1000), '\0'.repeat(65_536)])(
    'does not open a file that is not a cache file',
    (content) => {
      const folder = temporaryFolder();
      writeFileSync(fileIn(folder), content);
      expect(() => openCache(folder)).toThrow('vectors-1.lmdb is damaged or no file of this service');
    },
  );

  it('does not open a file that was cut off', async () => {
    const folder = await folderWithA();
    truncateSync(fileIn(folder), 3 * 8192);
    expect(() => openCache(folder)).toThrow('vectors-1.lmdb is cut off after 24576 bytes');
  });
});
