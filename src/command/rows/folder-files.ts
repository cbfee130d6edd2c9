import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { UsageError } from '../command-error.js';
import { faultOfSystem } from '../system-fault.js';

/** More files than any folder of documents has; bounds the memory for their names. */
const MOST_FILES = 1_000_000;

/** A file of a folder, or a folder in it that cannot be read. */
export interface FolderFile {
  readonly path: string;
  readonly fault?: string;
}

export interface FolderFiles {
  /** Sorted by name in each folder, so that every run has the same order. */
  readonly files: readonly FolderFile[];
  /** Counts what was left out, by its name in messages. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/**
 * The files below a folder that `wants` accepts. Hidden names and folders with packages (node_modules) are left out; links to
 * folders are not followed, so that no loop of links is endless.
 */
export async function filesOfFolder(folder: string, wants: (path: string) => boolean): Promise<FolderFiles> {
  const walk = new Walk(wants);
  await walk.enter(folder);
  return walk;
}

class Walk implements FolderFiles {
  readonly files: FolderFile[] = [];
  readonly leftOut: Record<string, number> = {};

  constructor(private readonly wants: (path: string) => boolean) {}

  async enter(folder: string): Promise<void> {
    for (const entry of await this.entries(folder)) {
      const path = posix.join(folder, entry.name);
      const kind = await kindOf(entry, path);
      if (entry.name.startsWith('.')) this.leaveOut('hidden');
      else if (kind === 'folder' && entry.name === 'node_modules') this.leaveOut('node_modules');
      else if (kind === 'folder') await this.enter(path);
      else if (kind === 'link to a folder') this.leaveOut('linked');
      else if (kind === 'file' && this.wants(path)) this.add({ path });
      else this.leaveOut('of other kinds');
    }
  }

  private async entries(folder: string): Promise<readonly Dirent[]> {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      const fault = faultOfSystem(error);
      if (fault === undefined) throw error;
      this.add({ path: folder, fault: `cannot be read: ${fault}` });
      return [];
    }
  }

  private add(file: FolderFile): void {
    if (this.files.push(file) > MOST_FILES) throw new UsageError(`there are more than ${MOST_FILES} files: name smaller folders`);
  }

  private leaveOut(what: string): void {
    this.leftOut[what] = (this.leftOut[what] ?? 0) + 1;
  }
}

/** A link that leads nowhere, or in a circle, is a file: reading it names its fault. */
async function kindOf(entry: Dirent, path: string): Promise<'file' | 'folder' | 'link to a folder' | 'other'> {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  if (!entry.isSymbolicLink()) return 'other';
  try {
    const target = await stat(path);
    if (target.isDirectory()) return 'link to a folder';
    return target.isFile() ? 'file' : 'other';
  } catch {
    return 'file';
  }
}
