import { ServiceError } from '../../errors/index.js';

const BYTES_PER_MIB = 1024 * 1024;

/**
 * Bounds the space of all files together. It is exact for files of this process, and knows those of other processes as of the
 * last call of `measured`.
 */
export class FileSpace {
  private kept = 0;
  /** By id: bytes of content that is being written or has not become a file yet. */
  private readonly underway = new Map<string, number>();

  constructor(private readonly maxBytes: number) {}

  measured(bytes: number): void {
    this.kept = bytes;
  }

  /** Passes the content on; throws `insufficient_storage` when it would be too much. It counts as underway until `settle`. */
  async *metered(id: string, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.underway.set(id, 0);
    this.refuseIfFull(0);
    for await (const chunk of content) {
      this.refuseIfFull(chunk.byteLength);
      this.underway.set(id, (this.underway.get(id) ?? 0) + chunk.byteLength);
      yield chunk;
    }
  }

  /** The content under this id has become a file, or was removed. */
  settle(id: string, keptBytes: number): void {
    this.underway.delete(id);
    this.kept += keptBytes;
  }

  freed(bytes: number): void {
    this.kept = Math.max(0, this.kept - bytes);
  }

  private refuseIfFull(more: number): void {
    let bytes = this.kept + more;
    for (const written of this.underway.values()) bytes += written;
    if (bytes < this.maxBytes || (more > 0 && bytes === this.maxBytes)) return;
    throw new ServiceError(
      'insufficient_storage',
      `All files together may take ${this.maxBytes / BYTES_PER_MIB} MiB (FILES_TOTAL_MB); delete some, or wait until some expire.`,
    );
  }
}
