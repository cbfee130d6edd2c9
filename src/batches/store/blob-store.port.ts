/** Keeps the content of files, in memory that does not grow with them. Rejects as DocumentStore does. */
export interface BlobStore {
  /** Stores all of it or nothing, in the place of what was there; resolves to how many bytes that were. */
  write(id: string, content: AsyncIterable<Uint8Array>): Promise<number>;
  /** Yields nothing for what is not there. */
  read(id: string): AsyncIterable<Buffer>;
  remove(id: string): Promise<void>;
}

export const BLOB_STORE = Symbol('BLOB_STORE');
