import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ServiceError } from '../../errors/index.js';
import { makePrivateFolderOfFiles, PRIVATE_FILE_MODE } from '../../lmdb/index.js';
import type { BlobStore } from './blob-store.port.js';

const UNFINISHED = '.part';
/** No upload takes longer. */
const UPLOAD_TTL_MS = 86_400_000;

/** Keeps each blob as a file in a folder. A blob that is being written has a temporary name. */
export class FolderBlobStore implements BlobStore {
  private constructor(private readonly folder: string) {}

  /** Removes leftovers of uploads that a crash ended. Rejects when the folder cannot be written. */
  static async open(folder: string): Promise<FolderBlobStore> {
    makePrivateFolderOfFiles(folder);
    for (const name of await readdir(folder)) {
      if (!name.endsWith(UNFINISHED)) continue;
      const { mtimeMs } = await stat(join(folder, name));
      if (Date.now() - mtimeMs > UPLOAD_TTL_MS) await rm(join(folder, name), { force: true });
    }
    return new FolderBlobStore(folder);
  }

  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    const unfinished = join(this.folder, `${id}.${randomUUID()}${UNFINISHED}`);
    const file = createWriteStream(unfinished, { flush: true, mode: PRIVATE_FILE_MODE });
    try {
      await pipeline(content, file);
      await rename(unfinished, join(this.folder, id));
      return file.bytesWritten;
    } catch (error) {
      await closed(file); // it may still be opening, and then would be there after its removal
      await rm(unfinished, { force: true });
      throw isOfDisk(error) ? noRoom(error) : error;
    }
  }

  async *read(id: string): AsyncGenerator<Buffer> {
    const path = join(this.folder, id);
    if (existsSync(path)) yield* createReadStream(path) as AsyncIterable<Buffer>;
  }

  async remove(id: string): Promise<void> {
    await rm(join(this.folder, id), { force: true });
  }
}

async function closed(file: WriteStream): Promise<void> {
  if (!file.closed) await new Promise<void>((resolve) => file.once('close', () => resolve()));
}

function isOfDisk(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EIO', 'ENOENT', 'EMFILE'].includes(code);
}

function noRoom(cause: unknown): ServiceError {
  return new ServiceError('insufficient_storage', 'There is no room under DATA_DIR, or it cannot be written.', { cause });
}
