import { statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { entry } from '../byte-cache.contract.js';
import type { InvalidatedKeys } from '../invalidations.port.js';
import { entryCount, openDiskFile, type DiskFile } from './disk-file.js';
import { DiskWriter } from './disk-writer.js';

const MIB = 1024 * 1024;
const TTL_MS = 60_000;
const VECTOR_BYTES = 1544;

let folder: string;
let file: DiskFile;
let time: number;
let heard: InvalidatedKeys[];

beforeEach(() => {
  folder = temporaryFolder();
  file = openDiskFile(folder);
  time = 1_000_000;
  heard = [];
});

afterEach(async () => {
  await file.root.close();
});

function openWriter(maxBytes = 64 * MIB, onDeletedByOthers = (_keys: InvalidatedKeys): void => undefined): DiskWriter {
  return new DiskWriter(file, { maxBytes, ttlMs: TTL_MS }, onDeletedByOthers, () => time);
}

function keysThere(): readonly string[] {
  file.root.resetReadTxn();
  return [...file.records.getKeys()];
}

describe('DiskWriter', () => {
  it('never exceeds its bound, and deletes the oldest entries first', () => {
    const maxBytes = MIB;
    const writer = openWriter(maxBytes);
    const value = new Uint8Array(VECTOR_BYTES);
    for (let round = 0; round < 60; round++) {
      time++;
      writer.put(Array.from({ length: 40 }, (_, index) => ({ key: `${index} of round ${round}`, value })));
      file.root.resetReadTxn();
      expect(file.usedBytes()).toBeLessThan(maxBytes * 1.2);
    }
    const rounds = new Set(keysThere().map((key) => Number(key.split(' ').at(-1))));
    expect(Math.max(...rounds)).toBe(59);
    expect(Math.min(...rounds)).toBeGreaterThan(30);
    expect(entryCount(file.records)).toBeGreaterThan((maxBytes * 0.5) / (VECTOR_BYTES + 100));
    expect(statSync(join(folder, 'vectors-1.lmdb')).size).toBeLessThan(3 * maxBytes);
  });

  it('deletes expired entries with the next write, but not one whose key was written again', () => {
    const writer = openWriter();
    writer.put([entry('old', 1), entry('renewed', 1)]);
    time += TTL_MS;
    writer.put([entry('renewed', 2)]);
    time += 1;
    writer.put([entry('new', 3)]);
    expect(keysThere()).toEqual(['new', 'renewed']);
  });

  it('deletes expired entries without a write, a bounded number at a time', () => {
    const writer = openWriter();
    writer.put(Array.from({ length: 25 }, (_, index) => entry(`key ${index}`, 1)));
    time += TTL_MS + 1;
    expect([writer.sweep(10), writer.sweep(10), writer.sweep(10)]).toEqual([true, true, false]);
    expect(keysThere()).toEqual([]);
  });

  it('reports its deletions to the other processes, once, and never to itself', () => {
    const writer = openWriter(64 * MIB, () => heard.push('all'));
    const second = openWriter(64 * MIB, (keys) => heard.push(keys));
    writer.put([entry('a', 1), entry('b', 1)]);
    expect(writer.delete(['a', 'c'])).toEqual(['a']);
    writer.look();
    expect(heard).toEqual([]);
    second.look();
    second.look();
    expect(heard).toEqual([['a', 'c']]);
    writer.clear();
    second.look();
    expect(heard).toEqual([['a', 'c'], 'all']);
  });

  it('does not store an entry that another process deleted before the write', () => {
    const writer = openWriter();
    const second = openWriter();
    second.delete(['a']);
    writer.put([entry('a', 1), entry('b', 1)]);
    expect(keysThere()).toEqual(['b']);
    writer.put([entry('a', 2)]);
    expect(keysThere()).toEqual(['a', 'b']);
    second.clear();
    writer.put([entry('c', 1)]);
    expect(keysThere()).toEqual([]);
  });

  it('forgets all entries if it missed more deletions than the log keeps', () => {
    const sleeper = openWriter(64 * MIB, (keys) => heard.push(keys));
    const writer = openWriter();
    for (let index = 0; index < 100; index++) writer.delete([`key ${index}`]);
    sleeper.look();
    expect(heard).toEqual(['all']);
    expect([...file.deletions.getKeys()].length).toBeLessThan(20);
  });
});
