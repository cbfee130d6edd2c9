import type { Readable } from 'node:stream';
import type { BodyBudget } from './body-budget.js';
import { cutOff, pausedTooLong, tooLarge } from './body-errors.js';

export interface BodyLimits {
  readonly caller: string;
  /** The limit for this body. */
  readonly maxBytes: number;
  /** The longest time without a byte. */
  readonly idleTimeoutMs: number;
  readonly budget: BodyBudget;
}

/** `release` must be called once the bytes are no longer needed: until then they count against the budget. */
type BodyRead = (error: Error | null, body: Buffer, release: () => void) => void;

/** Reads a whole body into memory and calls `done` once. After a refusal the rest stays in the stream, for the server to discard. */
export function readBody(stream: Readable, limits: BodyLimits, done: BodyRead): void {
  new BodyReader(stream, limits, done).start();
}

class BodyReader {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stream: Readable,
    private readonly limits: BodyLimits,
    private readonly done: BodyRead,
  ) {}

  start(): void {
    this.stream.on('data', this.onData).on('end', this.onEnd).on('error', this.onError).on('close', this.onClose);
  }

  private readonly onData = (chunk: Buffer): void => {
    try {
      this.take(chunk);
    } catch (error) {
      this.finish(error as Error);
    }
  };

  private readonly onEnd = (): void => this.finish(null);
  private readonly onError = (error: Error): void => this.finish(error);
  private readonly onClose = (): void => this.finish(cutOff());

  private take(chunk: Buffer): void {
    const { maxBytes, budget, caller } = this.limits;
    if (this.bytes + chunk.length > maxBytes) throw tooLarge();
    budget.take(caller, chunk.length);
    this.bytes += chunk.length;
    this.chunks.push(chunk);
    this.watchForPause();
  }

  /** Starts at the first chunk, because a body that comes in one chunk needs no timer, and a body that has not begun takes no memory. */
  private watchForPause(): void {
    if (this.idleTimer !== undefined) return void this.idleTimer.refresh();
    const { idleTimeoutMs } = this.limits;
    this.idleTimer = setTimeout(() => this.finish(pausedTooLong(idleTimeoutMs)), idleTimeoutMs).unref();
  }

  private finish(error: Error | null): void {
    clearTimeout(this.idleTimer);
    this.stream.off('data', this.onData).off('end', this.onEnd).off('error', this.onError).off('close', this.onClose);
    const body = error === null ? Buffer.concat(this.chunks) : Buffer.alloc(0);
    this.done(error, body, () => this.limits.budget.giveBack(this.limits.caller, this.bytes));
  }
}
