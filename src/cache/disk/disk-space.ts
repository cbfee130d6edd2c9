import { statfs } from 'node:fs/promises';

const MAX_AGE_MS = 1_000;
/** On a small disk the reserve is smaller, so that the cache has room at all. */
const LARGEST_SHARE = 0.25;

/** How much room a disk has left, looked at once a second at most. */
export class DiskSpace {
  private askedAt = -Infinity;
  private isBelowReserve = false;

  constructor(
    private readonly folder: string,
    private readonly reserveBytes: number,
    private readonly measure: (folder: string) => Promise<DiskMeasure> = measureDisk,
  ) {
    this.refresh();
  }

  /** Whether less than the reserve is free, as of the last look. */
  get isShort(): boolean {
    if (performance.now() - this.askedAt > MAX_AGE_MS) this.refresh();
    return this.isBelowReserve;
  }

  private refresh(): void {
    this.askedAt = performance.now();
    void this.measure(this.folder).then(
      ({ freeBytes, totalBytes }) => (this.isBelowReserve = freeBytes < Math.min(this.reserveBytes, totalBytes * LARGEST_SHARE)),
      () => undefined, // a file system that cannot be measured has no reserve
    );
  }
}

export interface DiskMeasure {
  /** The bytes that users without special rights may use. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

async function measureDisk(folder: string): Promise<DiskMeasure> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
