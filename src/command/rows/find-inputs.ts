import { existsSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import picomatch from 'picomatch';
import { UsageError } from '../command-error.js';
import { filesOfFolder, type FolderFile, type FolderFiles } from './folder-files.js';

/** An input of the command line: a file, standard input, or a folder with its files. */
export interface FoundInput {
  readonly path: string;
  /** Undefined = it is no folder. */
  readonly files?: readonly FolderFile[];
}

export interface FoundInputs {
  readonly inputs: readonly FoundInput[];
  /** Lines that say what was found in folders, and what was left out. */
  readonly remarks: readonly string[];
}

/** The files of a folder that are documents. Each may be packed with gzip. */
const DOCUMENT = /\.(?:md|markdown|txt)(?:\.gz)?$/i;
/** Files that are documents wherever they are named; the lines of a .txt may be texts of their own. */
const MARKDOWN = /\.(?:md|markdown)(?:\.gz)?$/i;

/** Lists the files of folders and of quoted globs. Rejects with a UsageError where there are none. */
export async function findInputs(paths: readonly string[]): Promise<FoundInputs> {
  const found = [];
  for (const path of paths) found.push(await find(path));
  return { inputs: found.flatMap(({ inputs }) => inputs), remarks: found.flatMap(({ remarks }) => remarks) };
}

async function find(path: string): Promise<FoundInputs> {
  if (existsSync(path)) return statSync(path).isDirectory() ? await folder(path) : { inputs: [{ path }], remarks: [] };
  const { isGlob } = picomatch.scan(path);
  return isGlob ? await glob(path) : { inputs: [{ path }], remarks: [] };
}

async function folder(path: string): Promise<FoundInputs> {
  const found = await filesOfFolder(posix.normalize(path), (file) => DOCUMENT.test(file));
  if (found.files.length === 0)
    throw new UsageError(
      `${path} has no documents, which are .md, .markdown and .txt files${remainder(found)}: name files of rows, such as ${posix.join(path, '*.csv')}`,
    );
  return { inputs: [{ path, files: found.files }], remarks: [remarkOn(path, found)] };
}

/** Documents are one input, as those of a folder; other files are read as if each was named. */
async function glob(pattern: string): Promise<FoundInputs> {
  const { base, glob: relative } = picomatch.scan(posix.normalize(pattern));
  const isMatch = picomatch(relative);
  const found = await filesOfFolder(base || '.', (file) => isMatch(posix.relative(base, file)));
  const remarks = [remarkOn(pattern, found)];
  const matches = found.files.filter(({ fault }) => fault === undefined);
  if (matches.length === 0) throw new UsageError(`no file matches ${pattern}${remainder(found)}`);
  if (matches.every(({ path }) => MARKDOWN.test(path))) return { inputs: [{ path: pattern, files: found.files }], remarks };
  const unreadable = found.files.find(({ fault }) => fault !== undefined);
  if (unreadable !== undefined) throw new UsageError(`${unreadable.path} ${unreadable.fault}`);
  return { inputs: matches.map(({ path }) => ({ path })), remarks };
}

function remarkOn(path: string, found: FolderFiles): string {
  const { length } = found.files;
  return `${path}: ${length} ${length === 1 ? 'file' : 'files'}${remainder(found)}`;
}

function remainder({ leftOut }: FolderFiles): string {
  const counts = Object.entries(leftOut).map(([what, count]) => `${count} ${what}`);
  return counts.length === 0 ? '' : ` (left out: ${counts.join(', ')})`;
}
