import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { openLmdb } from '../../lmdb/index.js';

/** The version of the layout. It is in the name of the file, so that each layout has its own file. */
const FILE = 'vectors-1.lmdb';
/** Five vectors of 384 numbers fit into such a page. LMDB's usual 4 KiB hold two, and one if the page is half empty. */
const PAGE_BYTES = 8192;

/** The tables of the cache's file. LMDB maps it into memory: reads copy nothing and take no lock, in any process. */
export interface DiskFile {
  readonly root: RootDatabase;
  /** A record for each key (disk-record.ts). */
  readonly records: Database<Buffer, string>;
  /** [milliseconds since the epoch, key] of every write, the oldest first; empty values. */
  readonly ages: Database<Buffer, [number, string]>;
  /** The log of deletions, numbered. An entry is a JSON array of keys, or "all". */
  readonly deletions: Database<string, number>;
  /** Bytes of the pages in use. */
  usedBytes(): number;
}

/** Opens the file in this folder, or makes it. Throws an Error that names the fault of the folder. */
export function openDiskFile(folder: string): DiskFile {
  const root = openLmdb(join(folder, FILE), { maxDbs: 3, pageSize: PAGE_BYTES, cache: false });
  const records = root.openDB<Buffer, string>({ name: 'records', encoding: 'binary', cache: false });
  const ages = root.openDB<Buffer, [number, string]>({ name: 'ages', encoding: 'binary', cache: false });
  const deletions = root.openDB<string, number>({ name: 'deletions', encoding: 'string', cache: false });
  const usedBytes = (): number => [records, ages, deletions].reduce((sum, table) => sum + bytesOf(table), 0);
  return { root, records, ages, deletions, usedBytes };
}

interface LmdbStats {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
  readonly entryCount: number;
}

/** Takes O(1): LMDB keeps the count. */
export function entryCount(table: Database<Buffer, string>): number {
  return statsOf(table).entryCount;
}

/** The keys that begin with a prefix, in their order. */
export function rangeBehind(prefix: string): { readonly start: string; readonly end: string } {
  return { start: prefix, end: `${prefix}\uffff` };
}

export function keyCount(table: Database<Buffer, string>, prefix: string): number {
  return prefix === '' ? entryCount(table) : table.getKeysCount(rangeBehind(prefix));
}

function bytesOf(table: Pick<Database, 'getStats'>): number {
  const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = statsOf(table);
  return pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages);
}

function statsOf(table: Pick<Database, 'getStats'>): LmdbStats {
  return table.getStats() as LmdbStats;
}
