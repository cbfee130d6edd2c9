import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { open, type RootDatabase, type RootDatabaseOptions } from 'lmdb';
import { sendMessagesOfThread } from './lmdb-messages.js';
import { makePrivateFile, makePrivateFolder } from './private-folder.js';

const USUAL_PAGE_BYTES = 4096;
/** The place of LMDB's magic number in each of the first two pages. */
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;

/** Tells the operator what to do about a folder of jobs or files that cannot be used. */
export const FOLDER_ADVICE =
  'Use a folder that this user may write to; if its file is damaged, put back a copy of it, or move the folder away to begin with nothing.';

/**
 * Opens the file, or makes it and its folder, for the service's own user only. Throws an Error that names the fault of a
 * damaged file, because LMDB's binding would end the process without a message.
 */
export function openLmdb(path: string, options: RootDatabaseOptions): RootDatabase {
  sendMessagesOfThread();
  makePrivateFolder(dirname(path));
  refuseIfForeign(path, options.pageSize ?? USUAL_PAGE_BYTES);
  const root = open({ pageSize: USUAL_PAGE_BYTES, ...options, path, noSubdir: true });
  for (const file of [path, `${path}-lock`]) if (existsSync(file)) makePrivateFile(file);
  refuseIfCut(root, path);
  return root;
}

function refuseIfForeign(path: string, pageBytes: number): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const start = Buffer.alloc(2 * pageBytes);
  const file = openSync(path, 'r');
  readSync(file, start);
  closeSync(file);
  if (start.readUInt32LE(MAGIC_AT) !== MAGIC || start.readUInt32LE(pageBytes + MAGIC_AT) !== MAGIC) {
    throw new Error(`${basename(path)} is damaged or no file of this service`);
  }
}

interface LmdbStats {
  readonly pageSize: number;
  readonly lastPageNumber: number;
}

/** Checked before any table is opened: reading a mapped page that the file does not have ends the process. */
function refuseIfCut(root: RootDatabase, path: string): void {
  const { lastPageNumber, pageSize } = root.getStats() as LmdbStats;
  const size = statSync(path).size;
  if (size >= (lastPageNumber + 1) * pageSize) return;
  void root.close();
  throw new Error(`${basename(path)} is cut off after ${size} bytes`);
}
