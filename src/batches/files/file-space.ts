import { ServiceError } from '../../errors/index.js';

const BYTES_PER_MIB = 1024 * 1024;

/**
 * Bounds what all files take together. Exact for what this process writes; what others wrote is known since `measured`
 * was called last.
 */
export class FileSpace {
  private kept = 0;
  /** By id: content that is being written, or of which no file was made yet. */
  private readonly underway = new Map<string, number>();

  constructor(private readonly maxBytes: number) {}

  measured(bytes: number): void {
    this.kept = bytes;
  }

  /** The same content; throws `insufficient_storage` where it would be too much. Until `settle` it counts as underway. */
  async *metered(id: string, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.underway.set(id, 0);
    this.refuseIfFull(0);
    for await (const chunk of content) {
      this.refuseIfFull(chunk.byteLength);
      this.underway.set(id, (this.underway.get(id) ?? 0) + chunk.byteLength);
      yield chunk;
    }
  }

  /** What was written under this id is a file from now on, or gone. */
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
