import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';

/** In the file's name, so that another layout is another file. */
const FILE = 'vectors-1.lmdb';
/** Five vectors of 384 numbers fit in a page; in LMDB's usual 4 KiB two would, and one that is half empty holds one. */
const PAGE_BYTES = 8192;
/** Each of the first two pages has LMDB's magic number here. */
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;

/** The tables of the cache's file. LMDB maps it into memory: reads copy nothing and take no lock, in any process. */
export interface DiskFile {
  readonly root: RootDatabase;
  /** A record for each key (disk-record.ts). */
  readonly records: Database<Buffer, string>;
  /** [milliseconds since the epoch, key] of every write, the oldest first; empty values. */
  readonly ages: Database<Buffer, [number, string]>;
  /** What was deleted, numbered: a JSON array of keys, or "all". */
  readonly deletions: Database<string, number>;
  /** Bytes of pages in use. */
  usedBytes(): number;
}

/** Opens the file in this folder, or makes it. Throws an Error that says what is wrong with the folder. */
export function openDiskFile(folder: string): DiskFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  refuseIfForeign(path);
  const root = open({ path, noSubdir: true, maxDbs: 3, pageSize: PAGE_BYTES, cache: false });
  refuseIfCut(root, path);
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
  readonly lastPageNumber: number;
}

/** O(1): LMDB keeps the count. */
export function entryCount(table: Database<Buffer, string>): number {
  return statsOf(table).entryCount;
}

function bytesOf(table: Pick<Database, 'getStats'>): number {
  const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = statsOf(table);
  return pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages);
}

function statsOf(table: Pick<Database, 'getStats'>): LmdbStats {
  return table.getStats() as LmdbStats;
}

/** LMDB's binding ends the process when it is given something else to open. */
function refuseIfForeign(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const start = Buffer.alloc(2 * PAGE_BYTES);
  const file = openSync(path, 'r');
  readSync(file, start);
  closeSync(file);
  if (start.readUInt32LE(MAGIC_AT) !== MAGIC || start.readUInt32LE(PAGE_BYTES + MAGIC_AT) !== MAGIC) {
    throw new Error(`${FILE} is damaged or no cache`);
  }
}

/** To read a mapped page that the file does not have ends the process, so this is asked before any table is opened. */
function refuseIfCut(root: RootDatabase, path: string): void {
  const { lastPageNumber, pageSize } = statsOf(root);
  const size = statSync(path).size;
  if (size >= (lastPageNumber + 1) * pageSize) return;
  void root.close();
  throw new Error(`${FILE} is cut off after ${size} bytes`);
}
