import type { Readable } from 'node:stream';
import { cutOff, pausedTooLong, tooLarge } from './body-errors.js';

/** Counts bytes of a body that are kept in memory. */
export interface BodyMemory {
  /** Throws when there is no room; then nothing is taken. */
  take(bytes: number): void;
  giveBack(bytes: number): void;
}

/** A reader may keep as much without being counted, which is more than most texts have. */
const FREE_BYTES = 256 * 1024;

export interface BodyStreamOptions {
  readonly format: 'json' | 'ndjson';
  /** The limit for the whole body. */
  readonly maxBytes: number;
  /** The longest time without a byte, while the reader waits for one. */
  readonly idleTimeoutMs: number;
  /** Counts what the reader keeps. */
  readonly memory: BodyMemory;
}

/** A body whose chunks are read as they arrive, once. When reading ends early, the rest is discarded. */
export class BodyStream implements AsyncIterable<Buffer> {
  private kept = 0;
  private counted = 0;

  constructor(
    private readonly stream: Readable,
    private readonly options: BodyStreamOptions,
  ) {}

  get format(): BodyStreamOptions['format'] {
    return this.options.format;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
      for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) {
        bytes += chunk.length;
        if (bytes > this.options.maxBytes) throw tooLarge();
        this.keep(chunk.length);
        yield chunk;
      }
    } finally {
      this.forget();
      this.stream.resume(); // the next request on this connection waits behind the rest
    }
  }

  /** Call it when the reader keeps nothing of what it has read. */
  forget(): void {
    if (this.counted > 0) this.options.memory.giveBack(this.counted);
    this.kept = 0;
    this.counted = 0;
  }

  private keep(bytes: number): void {
    this.kept += bytes;
    const due = this.kept - FREE_BYTES - this.counted;
    if (due <= 0) return;
    this.options.memory.take(due);
    this.counted += due;
  }

  /** Undefined = the body has ended. */
  private async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.stream.read() as Buffer | null;
      if (chunk !== null) return chunk;
      if (this.stream.readableEnded) return undefined;
      if (this.stream.destroyed) throw cutOff();
      await this.change();
    }
  }

  /** Waits until there is a chunk, or the stream has ended. */
  private async change(): Promise<void> {
    const { stream } = this;
    const { idleTimeoutMs } = this.options;
    await new Promise<void>((resolve, reject) => {
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        stream.off('readable', onChange).off('end', onChange).off('close', onChange).off('error', finish);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onChange = (): void => finish();
      const timer = setTimeout(() => finish(pausedTooLong(idleTimeoutMs)), idleTimeoutMs).unref();
      stream.on('readable', onChange).on('end', onChange).on('close', onChange).on('error', finish);
    });
  }
}
