/** Keeps the content of files; its use of memory does not depend on their size. Rejects as DocumentStore does. */
export interface BlobStore {
  /** Replaces the content as a whole, or not at all; resolves to the number of its bytes. */
  write(id: string, content: AsyncIterable<Uint8Array>): Promise<number>;
  /** Yields nothing when there is no such content. */
  read(id: string): AsyncIterable<Buffer>;
  remove(id: string): Promise<void>;
}

export const BLOB_STORE = Symbol('BLOB_STORE');
